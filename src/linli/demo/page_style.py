"""The look of the demo page: paper, ink, one cinnabar accent; light, dark, print and a 360-pixel phone."""

from __future__ import annotations

STYLE = """
:root{
  --paper:#fbfaf6;--sheet:#ffffff;--ink:#26241f;--soft:#6f6a5f;--line:#ddd7c9;--tint:#f3efe4;--cinnabar:#b5301f;
  --mark:#f8e9e4;--measure:46rem;--wide:76rem;--gap:1.5rem;
  --sans:"Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","Hiragino Sans GB","Linli Sans",sans-serif;
  --latin:"Inter","Helvetica Neue",Arial,var(--sans);
  color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{
  --paper:#191815;--sheet:#211f1b;--ink:#e9e5da;--soft:#a29c8e;--line:#3b3831;--tint:#26241f;--cinnabar:#ef7b68;
  --mark:#3a2420}
  img{filter:brightness(.88) contrast(1.03)}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.75 var(--sans);overflow-wrap:anywhere}
.page{max-width:var(--wide);margin:0 auto;padding:0 clamp(1rem,4vw,3rem) 4rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--sheet);padding:.5rem 1rem;z-index:2}
a{color:inherit;text-decoration-color:var(--cinnabar);text-underline-offset:.2em}
a:focus-visible,[tabindex]:focus-visible,summary:focus-visible{outline:2px solid var(--cinnabar);outline-offset:3px}
[lang=en]{font-family:var(--latin);font-weight:400;color:var(--soft);font-size:.86em;line-height:1.5}
header{padding:3.5rem 0 1rem}
.kicker{margin:0 0 .8rem;font-size:.86rem;letter-spacing:.08em;color:var(--cinnabar)}
h1{font-size:clamp(1.7rem,5vw,2.7rem);line-height:1.25;font-weight:700;margin:0 0 .4rem;letter-spacing:.01em}
h1+p{margin:0 0 2rem;font-size:1.05rem}
h2{font-size:1.4rem;line-height:1.35;margin:0 0 1rem;padding-top:2.6rem;display:flex;flex-wrap:wrap;gap:0 .8rem;
align-items:baseline}
h2::before{content:"";flex-basis:100%;height:1px;background:var(--line);margin-bottom:1.4rem}
h3{font-size:1.02rem;margin:0 0 .3rem}
p,ul,ol{max-width:var(--measure)}p{margin:0 0 1rem}
ul,ol{padding-left:1.3em}li{margin:.25rem 0}
nav ol{list-style:none;padding:0;margin:1.8rem 0 0;display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;max-width:none;
font-size:.93rem}
figure{margin:1.5rem 0}figure img{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:3px}
figcaption{font-size:.86rem;color:var(--soft);margin-top:.5rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1.4rem var(--gap);margin:2rem 0 0;
padding:1.4rem 0;border-block:1px solid var(--line)}
.facts div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
.facts dt{font-size:.86rem;color:var(--soft);line-height:1.45}
.facts dd{margin:0;font-size:1.55rem;font-weight:700;line-height:1.3;font-variant-numeric:tabular-nums}
.wrap{overflow-x:auto;margin:1.2rem 0 1.6rem;-webkit-overflow-scrolling:touch}
table{border-collapse:collapse;min-width:min(100%,32rem);font-size:.92rem;line-height:1.5;overflow-wrap:normal}
caption{text-align:left;font-weight:600;padding:0 0 .5rem;line-height:1.4}
caption [lang=en]{font-weight:400;margin-left:.5em}
th,td{padding:.45rem .7rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{font-weight:600;color:var(--soft);font-size:.86rem;border-bottom:1.5px solid var(--ink);vertical-align:bottom}
tbody th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.name{white-space:nowrap}
tfoot td,tfoot th{border-top:1.5px solid var(--ink);border-bottom:0;font-weight:600}
tr.chosen>*{background:var(--mark)}
.act{color:var(--cinnabar);font-weight:600}
.words{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:var(--gap)}
.words article{background:var(--sheet);border:1px solid var(--line);border-radius:3px;padding:1rem 1.2rem;
font-size:.93rem;line-height:1.7}
.words p{margin:0}
code{font-family:ui-monospace,"SFMono-Regular",Consolas,monospace;font-size:.88em;background:var(--tint);
padding:.08em .35em;border-radius:3px}
pre{background:var(--tint);padding:1rem 1.2rem;overflow-x:auto;border-radius:3px;line-height:1.6}pre code{padding:0}
footer{margin-top:3rem;padding-top:1.2rem;border-top:1px solid var(--line);font-size:.86rem;color:var(--soft)}
@media (max-width:40rem){
  .map a{display:block;overflow-x:auto}.map img{width:46rem;max-width:none}
  body{font-size:.97rem}header{padding-top:2rem}th,td{padding:.4rem .5rem}.facts{gap:1rem}
  .facts{grid-template-columns:1fr 1fr}.facts dd{font-size:1.25rem}.words article{padding:.8rem .9rem}}
@media print{
  :root{--paper:#fff;--sheet:#fff;--ink:#000;--soft:#444;--line:#bbb;--tint:#f4f4f4;--mark:#eee;--cinnabar:#8f2015}
  @page{size:A4;margin:16mm 14mm}body{font-size:9.5pt}.page{max-width:none;padding:0}nav,.skip{display:none}
  figure,tr,article,.facts{break-inside:avoid}h2,caption{break-after:avoid}.wrap{overflow:visible}
  img{filter:none}table{font-size:8pt}th,td{padding:.25rem .35rem}}
""".strip()
