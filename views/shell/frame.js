// What is around every page and needs the browser: landmarks, the way past the sidebar, the link.
(() => {
  if (window.downstreamFrame) return;
  window.downstreamFrame = true;

  const SAID_MS = 4000;
  const app = document.querySelector("[data-testid=stApp]");

  function skipLink() {
    const skip = document.createElement("a");
    skip.className = "skip";
    skip.href = "#content";
    skip.textContent = "Skip to the content";
    skip.addEventListener("click", (event) => {
      event.preventDefault();
      const content = document.querySelector("[data-testid=stMain]");
      content.tabIndex = -1;
      content.focus();
    });
    document.body.prepend(skip);
  }

  // The bar is made of links that know nothing of being one bar; one made anew is marked anew.
  function landmarks() {
    const bar = document.querySelector(".st-key-pages");
    if (!bar) return;
    bar.setAttribute("role", "navigation");
    bar.setAttribute("aria-label", "Pages");
    for (const link of bar.querySelectorAll("a")) {
      const here = document.title.startsWith(`${link.textContent.trim()} · `);
      if (here === link.hasAttribute("aria-current")) continue;
      link.toggleAttribute("aria-current", here);
      if (!here) continue;
      link.setAttribute("aria-current", "page");
      const [frame, box] = [bar.getBoundingClientRect(), link.getBoundingClientRect()];
      bar.scrollLeft += box.x + box.width / 2 - (frame.x + frame.width / 2);
    }
  }

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Without a certificate a browser has no clipboard but the old one.
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  }

  async function copyLink(button) {
    const said = button.parentElement.querySelector("[role=status]");
    const done = await copied(location.href);
    said.textContent = done ? "Link copied" : `Copy it from here: ${location.href}`;
    button.focus();
    if (done) setTimeout(() => (said.textContent = ""), SAID_MS);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-link]");
    if (button) copyLink(button);
  });

  // Streamlit changes the theme without a run, and charts have the colours of the last one.
  function theme() {
    const drawn = document.querySelector("[data-mode]");
    const again = document.querySelector(".st-key-draw_again button");
    if (drawn && drawn.dataset.mode !== getComputedStyle(app).colorScheme) again?.click();
  }

  let waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      landmarks();
    });
  }
  skipLink();
  landmarks();
  theme();
  new MutationObserver(theme).observe(app, { attributeFilter: ["class"] });
  new MutationObserver(soon).observe(document.documentElement, { childList: true, subtree: true });
})();
