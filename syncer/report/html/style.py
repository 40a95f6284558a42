"""How the page looks: calm, dark on white, readable on a phone, and on A4 in black and white.

Every state has a sign and a word beside its colour. Contrast of all text is 7:1 or more (WCAG 2.2, 1.4.6).
"""

from __future__ import annotations

SHEET = """
:root { color-scheme: light; --ink: #16202a; --soft: #44505c; --line: #cfd6dd; --pale: #f4f6f8;
  --good: #0b4f2c; --good-pale: #e6f4ec; --bad: #7d1a10; --bad-pale: #fdecea; --wait: #5a4300; --wait-pale: #fff5da; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem; max-width: 54rem; color: var(--ink); background: #fff;
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1rem; font-weight: 600; color: var(--soft); }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.25rem; border-bottom: 2px solid var(--ink); padding-bottom: .25rem; }
h3 { margin: 0; font-size: 1.0625rem; }
p { margin: .25rem 0; }
ul { margin: .5rem 0 0; padding-left: 1.25rem; }
code { font: .9375em ui-monospace, Consolas, monospace; background: var(--pale); border: 1px solid var(--line);
  border-radius: .25rem; padding: 0 .25rem; }
.soft { color: var(--soft); font-size: .9375rem; }
.banner { margin: .75rem 0 0; padding: 1rem 1.25rem; border-radius: .5rem; border: 2px solid; }
.banner .big { display: flex; gap: .75rem; align-items: baseline; margin: 0; font-size: 1.625rem; line-height: 1.3;
  font-weight: 700; }
.banner .people { margin: .5rem 0 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; }
.banner .people li { background: #fff; border: 1px solid; border-radius: .375rem; padding: .125rem .625rem;
  font-weight: 600; }
.good { color: var(--good); background: var(--good-pale); border-color: var(--good); }
.bad { color: var(--bad); background: var(--bad-pale); border-color: var(--bad); }
.wait { color: var(--wait); background: var(--wait-pale); border-color: var(--wait); }
.plain { color: var(--ink); background: var(--pale); border-color: var(--soft); }
.card { border: 1px solid var(--line); border-left: .375rem solid var(--line); border-radius: .375rem;
  padding: .75rem 1rem; margin: 0 0 .75rem; break-inside: avoid; }
.card.good, .card.bad, .card.wait, .card.plain { background: #fff; color: var(--ink); }
.card.good { border-left-color: var(--good); } .card.bad { border-left-color: var(--bad); }
.card.wait { border-left-color: var(--wait); } .card.plain { border-left-color: var(--soft); }
.top { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; justify-content: space-between; }
.top h3 { flex: 1 1 9rem; }
.badge { border: 1px solid; border-radius: .375rem; padding: 0 .5rem; font-size: .9375rem; font-weight: 600;
  white-space: nowrap; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.4rem, 1fr)); gap: .5rem;
  margin: .75rem 0 .5rem; }
.numbers div { background: var(--pale); border-radius: .375rem; padding: .375rem .5rem; }
.numbers dt { font-size: .8125rem; color: var(--soft); }
.numbers dd { margin: 0; font-size: 1.25rem; font-weight: 700; line-height: 1.25; }
.numbers dd small { display: block; font-size: .875rem; font-weight: 400; }
.do { margin: .5rem 0 0; padding: .375rem .75rem; background: var(--pale); border-radius: .375rem; }
.do b { display: inline-block; } .do b::first-letter { text-transform: uppercase; }
.count { font-weight: 700; font-size: 1.25rem; }
.note { margin: .5rem 0 0; padding-left: .75rem; border-left: 3px solid var(--line); }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .75rem; }
@media (max-width: 30rem) { body { padding: .75rem; } .banner .big { font-size: 1.375rem; } }
@media print { @page { size: A4; margin: 14mm; } body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2, h3, .top { break-after: avoid; } .banner, .card, .badge, .do, .numbers div { print-color-adjust: exact;
  -webkit-print-color-adjust: exact; } }
"""
