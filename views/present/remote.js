// The keys of a presenter's remote, and the whole screen for a slide.
(() => {
  if (window.downstreamRemote) return;
  window.downstreamRemote = true;

  const TYPED_INTO =
    "input, textarea, select, [contenteditable=true], [role=slider], [role=combobox], [role=listbox]";
  const BUTTON_OF = {
    ArrowRight: "next",
    ArrowLeft: "back",
    PageDown: "next",
    PageUp: "back",
    ArrowDown: "next",
    ArrowUp: "back",
    Home: "first",
    End: "last",
  };

  function press(name) {
    const button = document.querySelector(`.st-key-present_${name} button`);
    if (button && !button.disabled) button.click();
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  }

  function spaceFor(event) {
    // A button that has the focus is pressed by it.
    if (event.target.closest("button, summary, [role=button]")) return null;
    return event.shiftKey ? "PageUp" : "PageDown";
  }

  document.addEventListener(
    "keydown",
    (event) => {
      if (!document.querySelector(".st-key-present_next")) return;
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target.closest?.(TYPED_INTO)) return;
      const key = event.key === " " ? spaceFor(event) : event.key;
      if (key === "f" || key === "F") fullScreen();
      else if (BUTTON_OF[key]) press(BUTTON_OF[key]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-full-screen]")) fullScreen();
    // A button clicked with a mouse would keep the focus, and answer the next space.
    if (event.detail && event.target.closest(".st-key-present_bar button")) {
      document.activeElement.blur();
    }
  });
})();
