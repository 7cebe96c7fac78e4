/** The style of a report: light, or dark where the reader's system is. */
export const reportStyle = `
:root{color-scheme:light dark;--bg:#fbfbfc;--panel:#fff;--line:#e0e3e8;--ink:#1b1f26;--ink2:#464e5b;--ink3:#5b6370;--accent:#2460ec;--code:#f3f4f6;--bad:#b91c28;--badbg:#ffe9ea;--ok:#156b2f;--mark:#ffe58a;--markink:#1b1f26;--in:#7c8aa5;--out:#2f6bff;--cw:#b58ee6;--cr:#4fb3a4;--cost:#d59a06}
@media (prefers-color-scheme:dark){:root{--bg:#0f1115;--panel:#16191f;--line:#262a33;--ink:#e7e9ee;--ink2:#b4bac6;--ink3:#939bab;--accent:#7aa2ff;--code:#1b1f26;--bad:#ff857d;--badbg:#341a1c;--ok:#56c271;--mark:#7a6212;--markink:#fff;--in:#8492ad;--out:#5b8cff;--cw:#b794f0;--cr:#55bfae;--cost:#e3bb3f}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:14px/1.5 system-ui,'Segoe UI',sans-serif}
body>*{max-width:1080px;margin-inline:auto;padding-inline:20px}
h1,h2,h3{line-height:1.25;margin:28px 0 10px;overflow-wrap:anywhere}h1{font-size:24px}h2{font-size:19px}h3{font-size:15px}
.quiet{color:var(--ink3)}.bad{color:var(--bad)}.ok{color:var(--ok)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:8px 0}dt{color:var(--ink3)}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;background:var(--panel);border:1px solid var(--line)}
th,td{text-align:right;padding:5px 10px;border-bottom:1px solid var(--line);white-space:nowrap;font-variant-numeric:tabular-nums}
th{font-weight:600;color:var(--ink2)}th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere;min-width:160px}
main{display:flex;flex-direction:column}#sessions{order:-1}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:14px;margin:14px 0}
figure{margin:0;background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
figcaption{font-weight:600;margin-bottom:6px}svg{display:block;width:100%;height:auto}
svg text{font:11px system-ui,'Segoe UI',sans-serif;fill:var(--ink2)}.axis{stroke:var(--line)}
.in{fill:var(--in)}.out{fill:var(--out)}.cw{fill:var(--cw)}.cr{fill:var(--cr)}.cost{fill:var(--cost)}
.lcost{fill:none;stroke:var(--cost);stroke-width:2}.ltokens{fill:none;stroke:var(--out);stroke-width:2}
.key{display:flex;flex-wrap:wrap;gap:4px 14px;color:var(--ink2);font-size:12px}.key svg{display:inline-block;width:10px;height:10px;margin-right:5px}
.find{position:sticky;top:0;z-index:2;background:var(--bg);padding-block:10px;border-bottom:1px solid var(--line)}
.find div{display:flex;gap:8px;align-items:center;flex-wrap:wrap}
input[type=search]{flex:1 1 240px;font:inherit;padding:6px 10px;border:1px solid var(--line);border-radius:6px;background:var(--panel);color:inherit}
button{font:inherit;padding:5px 11px;border:1px solid var(--line);border-radius:6px;background:var(--panel);color:inherit;cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
#hits{list-style:none;margin:8px 0 0;padding:0;max-height:27vh;overflow:auto}#hits:empty{display:none}
#hits button{display:block;width:100%;text-align:left;border:0;border-bottom:1px solid var(--line);border-radius:0;overflow-wrap:anywhere}
mark{background:var(--mark);color:var(--markink)}
details.instance{background:var(--panel);border:1px solid var(--line);border-radius:8px;margin:10px 0}
details.instance>summary{padding:9px 12px;cursor:pointer;font-weight:600;overflow-wrap:anywhere}details.instance>summary .quiet{font-weight:400}
.log{border-top:1px solid var(--line);padding:6px 12px}
.e{padding:3px 0;overflow-wrap:anywhere}.e>time{float:right;color:var(--ink3);font-size:12px;margin-left:10px;font-variant-numeric:tabular-nums}
.e b{unicode-bidi:isolate}.said,.prompt{padding:8px 0}
.body{white-space:pre-wrap;margin:4px 0 0;unicode-bidi:plaintext}.prompt .body{border-left:3px solid var(--accent);padding-left:10px}
.e details>summary{cursor:pointer;color:var(--ink2);unicode-bidi:isolate}.e details>.body{background:var(--code);border-radius:6px;padding:8px 10px;font:12px/1.5 ui-monospace,'Cascadia Code',Menlo,Consolas,monospace;max-height:60vh;overflow:auto}
.note{color:var(--ink3);font-size:13px}.isbad,.isbad details>summary{color:var(--bad)}.here{outline:2px solid var(--accent);outline-offset:3px;border-radius:4px}
.spoken .e:not(.said):not(.prompt){display:none}
pre.plan{background:var(--code);padding:10px;border-radius:6px;overflow:auto;white-space:pre-wrap}
footer{margin-block:40px;color:var(--ink3);font-size:12px}
@media print{.find{display:none}}
`;
