"""How a report looks: one style sheet, for a screen and for A4 paper; no font,
picture or rule comes from elsewhere."""

STYLE = """
:root { --ink: #17212b; --dim: #5b6773; --faint: #8b96a1; --edge: #dde3e8; --soft: #f4f6f8; --paper: #fff;
  --green: #177a59; --yellow: #a86c00; --red: #bb2d2d; --blue: #1d66b5; --violet: #6a4fb3; --teal: #0f7f8a; }
* { box-sizing: border-box; }
html { background: #e9edf0; color: var(--ink); font: 15px/1.5 "Noto Sans", "Noto Sans CJK SC", "Segoe UI",
  "PingFang SC",
  "Microsoft YaHei", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body { margin: 0 auto; max-width: 1120px; background: var(--paper); padding: 0 56px 48px; }
h1 { font-size: 34px; line-height: 1.15; margin: 6px 0 10px; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: 21px; margin: 0 0 2px; line-height: 1.3; }
h3 { font-size: 14px; margin: 22px 0 6px; }
p { margin: 0 0 10px; }
code, .hash { font-family: "Noto Sans Mono", ui-monospace, Consolas, Menlo, monospace; font-size: .86em; }
section { padding: 34px 0 6px; border-top: 1px solid var(--edge); margin-top: 30px; }
.means { color: var(--dim); max-width: 82ch; margin-bottom: 16px; }
.dim { color: var(--dim); } .strong { font-weight: 650; } .nowrap { white-space: nowrap; }
.good { color: var(--green); } .bad { color: var(--red); } .warn { color: var(--yellow); }
  .info { color: var(--blue); }
.mark { font-style: normal; font-size: .8em; margin-right: .35em; }
.empty { color: var(--dim); background: var(--soft); border-radius: 6px; padding: 12px 16px; }

.cover { margin: 0 -56px; padding: 44px 56px 38px; background: #101922; color: #eef3f7; display: grid;
  grid-template-columns: minmax(0, 1fr) 400px; gap: 40px; }
.cover .eyebrow { text-transform: uppercase; letter-spacing: .14em; font-size: 12px; font-weight: 650;
  color: #8fb9e6; margin: 0; }
.cover .dim { color: #a9b6c2; }
.cover dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 18px 0 0; font-size: 14px; }
.cover dt { color: #a9b6c2; } .cover dd { margin: 0; }
.proof { background: #18242f; border: 1px solid #2c3b49; border-radius: 12px; padding: 20px 22px;
  font-size: 13.5px; align-self: start; }
.proof .verdict { display: flex; gap: 14px; align-items: center; margin-bottom: 12px; }
.proof .verdict svg { width: 44px; height: 44px; flex: none; }
.proof .verdict b { font-size: 25px; line-height: 1.15; display: block; }
.proof .verdict small { color: #a9b6c2; font-size: 13px; }
.proof .hash { display: block; word-break: break-all; color: #cfe0f0; line-height: 1.45; margin: 2px 0 10px; }
.proof code.command { display: block; background: #0c141b; border-radius: 6px; padding: 7px 10px; color: #dcefe6;
  overflow-wrap: anywhere; }
.proof p { margin: 0 0 4px; } .proof p.label { color: #a9b6c2; margin-top: 10px; }

nav { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 -56px; padding: 12px 56px; background: var(--soft);
  border-bottom: 1px solid var(--edge); font-size: 13.5px; }
nav a { color: var(--blue); text-decoration: none; } nav a:hover { text-decoration: underline; }

.cards { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 14px; margin-top: 30px; }
.card { border: 1px solid var(--edge); border-radius: 10px; padding: 14px 16px 12px; break-inside: avoid; }
.card .name { color: var(--dim); font-size: 13px; }
.card b { display: block; font-size: 27px; line-height: 1.25; font-weight: 650; letter-spacing: -.01em;
  overflow-wrap: anywhere; }
.card small { display: block; color: var(--dim); font-size: 12.5px; line-height: 1.4; }

.short { margin: 26px 0 0; padding: 16px 22px 16px 38px; background: var(--soft); border-radius: 10px; }
.short li { margin: 3px 0; }
.scroll { overflow-x: auto; margin-bottom: 14px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; line-height: 1.4; }
th { text-align: left; font-weight: 600; color: var(--dim); font-size: 12px; vertical-align: bottom;
  padding: 6px 10px 6px 0;
  border-bottom: 1.5px solid var(--ink); }
td { padding: 7px 10px 7px 0; border-bottom: 1px solid var(--edge); vertical-align: top; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
.figures { text-align: right; white-space: nowrap; overflow-wrap: normal; } th.figures { white-space: normal; }
tfoot td { font-weight: 650; border-bottom: 0; border-top: 1.5px solid var(--ink); }
td.figures + td:not(.figures), th.figures + th:not(.figures) { padding-left: 20px; }
sup { line-height: 0; font-size: .75em; }
td small { display: block; color: var(--dim); font-size: 12px; }
td .number { white-space: nowrap; display: inline-block; min-width: 20px; height: 20px; border-radius: 10px;
  background: var(--ink);
  color: #fff; text-align: center;
  font-size: 11px; line-height: 20px; padding: 0 5px; font-weight: 650; }
.pair { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 36px; align-items: start; }

.drawing { display: block; width: 100%; height: auto; margin: 6px 0 14px; break-inside: avoid; }
.drawing text { font-family: inherit; font-size: 12px; fill: var(--ink); }
.drawing .tick, .drawing .small { font-size: 11px; fill: var(--dim); }
.drawing .small { font-size: 10.5px; fill: var(--ink); }
.drawing .dim { fill: var(--dim); } .drawing .strong { font-weight: 650; fill: var(--ink); }
  .drawing text.plan { fill: var(--yellow); }
.drawing text.badge { fill: #fff; font-size: 9.5px; font-weight: 650; } .drawing rect.badge { fill: var(--ink); }
.drawing .grid { stroke: var(--edge); stroke-width: 1; fill: none; }
.drawing .hair { stroke: var(--faint); stroke-width: .8; fill: none; stroke-dasharray: 2 2; }
.drawing .curve { fill: none; stroke-linejoin: round; stroke-linecap: round; }
.drawing .total { stroke: var(--blue); stroke-width: 2.6; }
.drawing path.plan { stroke: var(--yellow); stroke-width: 1.8; stroke-dasharray: 7 5; }
.drawing .part { stroke: #7d8b99; stroke-width: 1.5; } .drawing .dash1 { stroke-dasharray: 10 3; }
.drawing .dash2 { stroke-dasharray: 5 3; } .drawing .dash3 { stroke-dasharray: 2 3; }
.drawing .tint0 { fill: #dfe8f1; } .drawing .tint1 { fill: #eceff2; }
.drawing .dot { fill: var(--paper); stroke: var(--blue); stroke-width: 2.2; }
.drawing .plate { fill: #fff; fill-opacity: .88; } .drawing .inside { font-size: 11.5px; font-weight: 650; }
.cause.opening_split { fill: var(--violet); } .cause.late_transfer { fill: #c98200; }
  .cause.exposure_lock { fill: var(--blue); }
.cause.rule { fill: var(--teal); } .cause.stock { fill: #7b8794; }
.key { display: grid; grid-template-columns: repeat(auto-fit, minmax(290px, 1fr)); gap: 4px 22px; font-size: 13px;
  margin: 0 0 10px; padding: 0;
  list-style: none; }
.key .swatch { width: 16px; height: 12px; margin-right: 7px; vertical-align: -1px; }
.key .dim { display: block; margin-left: 23px; font-size: 12px; }
.bar { width: 152px; height: 16px; display: block; } .bar.wide { width: 192px; }
.bar .track { fill: #edf0f3; } .bar .enough { fill: var(--green); } .bar .short { fill: #c98200; }
  .bar .plan { fill: var(--ink); }
.bar .rest { fill: #b9c3cc; } .bar .missed { fill: none; stroke: var(--red); stroke-width: 1.2;
  stroke-dasharray: 3 2; }
.assumption { border-left: 3px solid var(--yellow); background: #fdf7ea; padding: 10px 16px; margin: 0 0 16px;
  border-radius: 0 6px 6px 0; }
footer { color: var(--dim); font-size: 12.5px; border-top: 1px solid var(--edge); margin-top: 36px;
  padding-top: 14px; }

@media screen and (max-width: 860px) {
  body { padding: 0 20px 32px; } .cover, nav { margin: 0 -20px; padding-left: 20px; padding-right: 20px; }
  .cover, .pair { grid-template-columns: minmax(0, 1fr); } .cards { grid-template-columns: repeat(2, minmax(0,
    1fr)); }
}
@page { size: A4; margin: 14mm 13mm 16mm; }
@media print {
  .short { margin-top: 14px; padding: 9px 12px 9px 28px; font-size: 12px; }
  html { background: #fff; font-size: 12.5px; } body { max-width: none; padding: 0; } nav { display: none; }
  .cover { margin: 0; padding: 24px 26px; grid-template-columns: minmax(0, 1fr) 270px; gap: 24px;
    border-radius: 10px; }
  .cards { gap: 9px; margin-top: 18px; grid-template-columns: repeat(4, minmax(0, 1fr)); }
    .card { padding: 9px 11px; } .card b { font-size: 19px; }
    .card small { font-size: 10.5px; }
  h1 { font-size: 26px; } h2 { font-size: 17px; break-after: avoid; } h3, .means, .key,
    .assumption { break-after: avoid; }
  table { font-size: 10.5px; } th { font-size: 9.5px; } th, td { padding-right: 6px; padding-top: 4px;
    padding-bottom: 4px; } td small { font-size: 9.5px; }
  thead { display: table-header-group; } tfoot { display: table-row-group; } tr { break-inside: avoid; }
  section { padding-top: 16px; margin-top: 16px; } .scroll { overflow: visible; }
  .bar { width: 84px; } .bar.wide { width: 110px; } .pair { gap: 20px; } .key { font-size: 11px; }
    .key .dim { font-size: 10px; }
}
"""
