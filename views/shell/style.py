"""Style sheets of the parts that Streamlit has no element for.

Lines and grounds are mixed from the text colour, so that they fit the light and the dark page.
"""

_FRAME = """
<style>
.stMainBlockContainer{padding:0 2.2rem 3rem}
.stAppViewContainer,.stAppViewContainer>div,.stMain,.stMainBlockContainer,
.stMainBlockContainer>.stVerticalBlock,[data-testid=stLayoutWrapper]:has(>.st-key-pages),
.st-key-pages{background-color:inherit}
[data-testid=stHeader]{background:none}
[data-testid=stHeader],[data-testid=stHeader] *{pointer-events:none}
[data-testid=stHeader] :is(button,button *){pointer-events:auto}
[data-testid=stExpandSidebarButton]{position:relative;top:-.25rem}
[data-testid=stLayoutWrapper]:has(>.st-key-pages){position:sticky;top:0;z-index:90;
  margin:0 -2.2rem;width:calc(100% + 4.4rem);
  max-width:none;border-bottom:1px solid color-mix(in srgb,currentColor 16%,transparent)}
.st-key-pages{align-items:center;overflow-x:auto;scrollbar-width:none;min-height:3.1rem;
  padding:.35rem 3.4rem .3rem 1.7rem;scroll-padding-inline:.5rem 2.6rem}
.st-key-pages>*{flex:none}
.st-key-pages p{white-space:nowrap}
.st-key-pages a{min-height:1.9rem}
.stApp:has([data-testid=stExpandSidebarButton]) .st-key-pages{margin-left:3.1rem;
  padding-left:0;width:calc(100% - 3.1rem)}
[data-testid=stIconMaterial]{max-width:1.4em;overflow:hidden;white-space:nowrap}
.st-key-draw_again{display:none}
.st-key-head{row-gap:.2rem}
.st-key-head h1{font-size:1.3rem;font-weight:700;margin:0;padding:0}
.st-key-head p{margin:0}
.what{opacity:.85}
.whose{text-align:right;font-weight:600}
.copy{display:flex;align-items:center;gap:.6rem;flex-direction:row-reverse}
.copy button,.plain{font:inherit;font-size:.9rem;color:inherit;background:none;cursor:pointer;
  border:1px solid color-mix(in srgb,currentColor 45%,transparent);border-radius:.5rem;
  padding:.3rem .7rem}
:is(.copy button,.plain):hover{background:color-mix(in srgb,currentColor 8%,transparent)}
.copy [role=status]{font-size:.9rem;overflow-wrap:anywhere}
.skip{position:fixed;left:.5rem;top:-4rem;z-index:1000000;padding:.5rem .9rem;
  border-radius:.5rem;background:#0B5FA5;color:#fff}
.skip:focus{top:.5rem}
[data-testid=stBaseButton-primary]{background:#0B5FA5;border-color:#0B5FA5;color:#fff}
[data-testid=stCaptionContainer]{color:inherit;opacity:.8}
[data-testid=stMetric]{padding:0}
[data-testid=stMetric]>div{padding:.75rem .7rem .8rem .8rem}
[data-testid=stSidebar] [data-testid=stSlider]{margin-bottom:-.6rem}
[data-testid=stMetricLabel]{min-height:1.4rem}
div:has(>[data-testid=stMetricDelta]){flex-direction:column;align-items:flex-start;gap:0}
[data-testid=stMetricDelta]{background:none;padding:0;color:inherit}
[data-testid=stMetricDeltaDescription]{padding:0}
[data-testid=stSidebarUserContent]{padding-bottom:2rem}
.unseen{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);
  white-space:nowrap}
[data-testid=stElementContainer]:has(>.stHtml>.unseen){position:absolute;width:1px;overflow:hidden}
@media (max-width:1023px){.st-key-pages{
  mask-image:linear-gradient(90deg,#000 calc(100% - 2.5rem),transparent)}
  .st-key-pages a{padding-inline:.4rem}}
@media (max-width:800px){
  .stMainBlockContainer{padding-inline:1rem}
  [data-testid=stLayoutWrapper]:has(>.st-key-pages){margin-inline:-1rem;width:calc(100% + 2rem)}
  .st-key-pages{padding-right:2.5rem;padding-left:1.4rem}
  .st-key-head>:has(>.stHtml>:is(h1,.whose)){flex:1 1 100%}
  .st-key-head>:has(>.stHtml>.whose){flex-basis:12rem}
  .whose{text-align:left}
}
@media (max-width:640px){.stHorizontalBlock:has(>.stColumn){gap:1rem}}
.stHorizontalBlock>.stElementContainer:has(>.stMetric){flex:1 1 8rem}
[data-testid=stMetricValue] *{white-space:normal!important;line-height:1.2}
/* Half a tablet is too narrow for a chart or a table. */
@media (min-width:641px) and (max-width:1099px){
  .stHorizontalBlock:has(>.stColumn:nth-child(2):last-child):has(>.stColumn .stVegaLiteChart),
  .stHorizontalBlock:has(>.stColumn:nth-child(2):last-child):has(>.stColumn .figures){
    flex-wrap:wrap;gap:1.5rem}
  .stHorizontalBlock:has(>.stColumn:nth-child(2):last-child):has(>.stColumn .stVegaLiteChart)>*,
  .stHorizontalBlock:has(>.stColumn:nth-child(2):last-child):has(>.stColumn .figures)>*{
    flex:1 1 100%}
  .stHorizontalBlock>.stElementContainer:has(>.stMetric){flex-basis:30%}}
</style>
"""

# A page on paper: all of it, and nothing that only a screen can use.
_PRINT = """
<style>
@page{size:A4 landscape;margin:10mm}
@media print{
  .stApp,.stAppViewContainer,.stAppViewContainer>div,.stMain{position:static!important;
    display:block!important;height:auto!important;width:auto!important;overflow:visible!important}
  .stMainBlockContainer{padding:0!important;max-width:none!important}
  [data-testid=stSidebar],[data-testid=stHeader],.st-key-pages,.skip,.copy,
  [data-testid=stButton],[data-testid=stDownloadButton],[data-testid=stPageLink],
  [data-testid=stTooltipIcon],[data-testid=stFileUploader]{display:none!important}
  .stVerticalBlock,.stHorizontalBlock,.stColumn{overflow:visible!important}
  [data-testid=stMetric],figure,tr,.link,[data-testid=stVegaLiteChart]{break-inside:avoid}
  h1,h2,h3{break-after:avoid}
  svg.marks,canvas.marks,img{max-width:100%!important;height:auto!important}
}
</style>
"""

_ANSWER = """
<style>
.answer{font-size:clamp(1.5rem,2.3vw,2.25rem);line-height:1.28;font-weight:420;
  margin:.1rem 0 .35rem;max-width:46em;text-wrap:pretty}
.answer.short{font-size:clamp(1.15rem,1.6vw,1.5rem)}
.st-key-own_fields [data-testid=stVerticalBlock]{gap:.15rem}
.st-key-own_fields [data-testid=stCaptionContainer] p{line-height:1.22;font-size:.8rem}
.st-key-own_fields [data-testid=stAlertContainer]{padding:.4rem .6rem}
.st-key-own_fields [data-testid=stAlertContainer] p,
.st-key-own_fields [data-testid=stAlertContainer] li{font-size:.85rem;line-height:1.25;margin:0}
.st-key-own_fields [data-testid=stAlertContainer] [data-testid=stMarkdownContainer]{margin:0}
.st-key-own_fields [data-testid=stAlertContainer] ul{margin:.1rem 0 0;padding-left:1rem}
.answer strong{font-weight:720}
.under{font-size:1.08rem;opacity:.82;margin:0 0 .3rem;max-width:62em}
</style>
"""

_CHAIN = """
<style>
.chain{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:1.5rem;margin:.2rem 0 .4rem}
.chain .link{position:relative;border:1px solid color-mix(in srgb,currentColor 22%,transparent);
  border-radius:.6rem;padding:.8rem .9rem .75rem;margin:0;display:flex;flex-direction:column}
.chain .link:not(:last-child)::after{content:"";position:absolute;right:-1.16rem;top:50%;
  width:.6rem;
  height:.6rem;border-top:3px solid;border-right:3px solid;transform:translateY(-50%) rotate(45deg);
  opacity:.5}
.chain .name{font-size:.95rem;font-weight:620;margin:0 0 .35rem;padding:0;opacity:.85}
.chain .lost{font-size:1.65rem;font-weight:640;line-height:1.1}
.chain .what{font-size:.92rem;opacity:.82;margin:.1rem 0 .6rem;min-height:2.5em}
.chain .money{margin-top:auto;border-top:1px solid color-mix(in srgb,currentColor 18%,transparent);
  padding-top:.5rem;font-size:.92rem}
.chain .money b{font-size:1.12rem;font-weight:680}
.chain .parts{opacity:.78;font-size:.86rem}
.chain .total{background:color-mix(in srgb,currentColor 6%,transparent)}
@media (max-width:1100px){.chain{grid-template-columns:1fr;gap:1.3rem}
  .chain .link:not(:last-child)::after{right:50%;top:auto;bottom:-1rem;transform:rotate(135deg)}}
</style>
"""

_FIGURES = """
<style>
.figures{border-collapse:collapse;width:100%;font-size:1rem;font-variant-numeric:tabular-nums}
.figures th,.figures td{padding:.22rem .4rem;text-align:right;
  border-bottom:1px solid color-mix(in srgb,currentColor 14%,transparent);font-weight:400}
.figures td,.figures tbody th{white-space:nowrap}
.figures th:first-child{text-align:left}
.dense th[scope=row]{white-space:normal}
@media (max-width:640px){.figures tbody th{white-space:normal}.dense thead th{min-width:5.4rem}}
.figures thead th{font-weight:620;opacity:.85}
.figures .no{opacity:.62}
.figures small{opacity:.8}
.scroll{overflow-x:auto}
.figures .sum th,.figures .sum td{font-weight:650}
.dense{font-size:.92rem}
.dense td small{white-space:nowrap}
.dense th[scope=row]{max-width:17em}
.dense .here th,.dense .here td{background:color-mix(in srgb,currentColor 7%,transparent);
  font-weight:620}
.dense thead th{vertical-align:bottom}
.left td,.left thead th{text-align:left;white-space:normal}
dl.words{display:grid;grid-template-columns:minmax(9rem,max-content) 1fr;gap:.35rem 1.4rem;
  margin:0;padding:0}
dl.words dt{font-weight:620}dl.words dd{margin:0}
@media (max-width:600px){dl.words{grid-template-columns:1fr}dl.words dd{margin-bottom:.5rem}}
</style>
"""

# One sheet that never changes: a sheet sent with each figure has all of the page styled anew.
PAGE = _FRAME + _PRINT + _ANSWER + _CHAIN + _FIGURES

PRESENT = """
<style>
:root{--u:max(min(1vw,1.7778vh),9px)}
.finding{line-height:1.2;font-weight:680;margin:.1rem 0 calc(var(--u)*.5);padding:0;
  text-wrap:balance}
.topic{font-size:1.125rem;font-weight:640;margin:0}
.topic span{display:inline-block;opacity:.72;font-weight:400;margin-left:.6rem}
.tiles{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:calc(var(--u)*1.1);
  margin:calc(var(--u)*.6) 0 calc(var(--u)*1.2)}
.tiles div{border:1px solid color-mix(in srgb,currentColor 22%,transparent);border-radius:.6rem;
  padding:calc(var(--u)*.9) calc(var(--u)*1.2)}
.tiles span{display:block;opacity:.85;font-size:calc(var(--u)*1.41)}
.tiles b{display:block;font-size:calc(var(--u)*3.4);line-height:1.15;font-weight:700}
.said p{font-size:inherit;line-height:1.22;margin:0 0 .55em;text-wrap:pretty}
.drawn{margin:0}
.drawn figcaption{font-size:calc(var(--u)*1.41);margin-bottom:calc(var(--u)*.4);line-height:1.2}
.drawn b{margin-right:.6em}
.drawn img{display:block;width:100%;max-height:calc(100vh - 13.9rem - var(--u)*7.9);
  object-fit:contain;object-position:left top}
.drawn.half img{max-height:calc(100vh - 15.8rem - var(--u)*17.5)}
[data-testid=stMainBlockContainer]:has(.whatif) .drawn img{
  max-height:calc(100vh - 19.4rem - var(--u)*7.9)}
[data-testid=stMainBlockContainer]:has(.whatif) .drawn.half img{
  max-height:calc(100vh - 19.4rem - var(--u)*17.5)}
[data-testid=stSidebar],[data-testid=stExpandSidebarButton],
.st-key-present_first,.st-key-present_last{display:none}
:root:fullscreen [data-testid=stLayoutWrapper]:has(>.st-key-pages){display:none}
:root:fullscreen .stMainBlockContainer{padding-top:.8rem}
.opening{min-height:calc(100vh - 13rem);display:flex;flex-direction:column;
  justify-content:center;gap:calc(var(--u)*1.2)}
.opening h1.finding{font-size:calc(var(--u)*5)}
.opening p{font-size:calc(var(--u)*2.2);margin:0}
kbd{font:inherit;opacity:.7;margin-left:.4em}
[data-testid=stMainBlockContainer]{padding-bottom:.4rem}
[data-testid=stMainBlockContainer] [data-testid=stVerticalBlock]{gap:.6rem}
.whatif{display:flex;flex-wrap:wrap;gap:.3rem 1.6rem;align-items:baseline;font-size:1.125rem;
  border-left:4px solid #C2500A;padding:.45rem .8rem;margin:.1rem 0 .5rem;
  background:color-mix(in srgb,currentColor 6%,transparent);border-radius:.3rem}
.whatif em{font-style:normal;font-weight:600}.whatif s{opacity:.75}.whatif b{font-size:1.25rem}
.told{border-collapse:collapse;width:100%;font-size:1rem;font-variant-numeric:tabular-nums}
.told caption{text-align:left;font-weight:640;padding:.3rem 0}
.told th,.told td{padding:.25rem .5rem;font-weight:400;vertical-align:top;text-align:left;
  border-bottom:1px solid color-mix(in srgb,currentColor 14%,transparent)}
.told.large{font-size:calc(var(--u)*1.41);line-height:1.2;table-layout:fixed}
.told.large caption{padding-top:0}
.told.large td{overflow-wrap:anywhere}
.told.large th,.told.large td{padding:calc(var(--u)*.42) calc(var(--u)*.5);vertical-align:middle}
[data-testid=stMainBlockContainer]:has(.whatif) .told.large :is(th,td){
  padding-block:calc(var(--u)*.14)}
.told thead th{font-weight:620}
.told.sums td,.told.sums thead th:not(:first-child){text-align:right}
.source{font-size:max(.9rem,var(--u)*1.41);opacity:.8;margin:.2rem 0 0;white-space:nowrap;
  overflow:hidden;text-overflow:ellipsis}
.narrow{display:none!important}
.scroll{overflow-x:auto}
@media (min-width:1024px) and (min-height:501px){.st-key-pages p,
  [data-testid=stMainBlockContainer] :is(.stButton,.stPopover,.stExpander summary,label,
  .stAlert,.stProgress) p,.plain,.st-key-what_if_panel *{font-size:1.125rem;line-height:1.3}
  .stExpander summary{padding-block:.35rem}
  .st-key-what_if_panel [data-testid=stWidgetLabel]{margin-bottom:.5rem}}
@media (max-width:1199px){.source{white-space:normal}
  .st-key-what_if_panel .stHorizontalBlock{flex-wrap:wrap}
  .st-key-what_if_panel .stColumn{flex:1 1 22%;min-width:9rem}}
@media (min-width:641px){.st-key-present_bar{flex-wrap:nowrap}
  .st-key-present_bar>:has(.topic){min-width:0}.st-key-present_bar button p{white-space:nowrap}}
/* A tablet held upright, or what is too low for a slide: all in one column, as long as it takes. */
@media (max-width:800px),(max-width:1023px) and (orientation:portrait),(max-height:500px){
  :root{--u:10.5px}.tiles{grid-template-columns:1fr 1fr}
  .drawn img{max-height:none!important}.drawn.half img{width:80%}
  [data-testid=stHorizontalBlock]:has(>.stColumn :is(.drawn,.told.large)){flex-wrap:wrap;gap:1rem}
  [data-testid=stHorizontalBlock]:has(>.stColumn :is(.drawn,.told.large))>.stColumn{flex:1 1 100%}
  .st-key-present_bar{gap:.5rem}[data-full-screen]{display:none}}
@media (max-width:640px){:root{--u:9.6px}.tiles{grid-template-columns:1fr}
  .wide{display:none!important}.narrow{display:block!important}.drawn.half img{width:100%}
  .told.large{table-layout:auto}.told.large td{overflow-wrap:normal}}
</style>
"""
