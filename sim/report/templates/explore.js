"use strict";
// An explorable page: levers, and what comes of them. Numbers and sentences come from Python: asked for on /run, or one
// view per point inside the page. What is set stands in the fragment of the address, and nowhere else.
(() => {
const at = id => document.getElementById(id);
const model = JSON.parse(at("model").textContent);
const points = model.points;
const set = new Map(); // by path the value as text, of what is not as in the scenario
const refresh = []; // called when something was set, so that each control shows it
const open = new Set(); // names of groups that are unfolded
let find = "", drawn = null, tracking = false;

function make(tag, attributes, ...children) {
  const svg = ["svg", "path", "line", "text", "circle"].includes(tag);
  const one = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {}))
    if (value === true) one.setAttribute(name, "");
    else if (typeof value === "function") one.addEventListener(name, value);
    else if (value !== false && value !== undefined) one.setAttribute(name, value);
  one.append(...children.filter(child => child || child === 0));
  return one;
}
function placed(one, places) {
  for (const [name, share] of Object.entries(places)) one.style.setProperty(name, `${(100 * share).toFixed(2)}%`);
  return one;
}
const tidy = value => String(Math.round(value * 1e6) / 1e6);

// --- what is set, in the address

const known = [];
function settings() {
  const rest = [...set.keys()].filter(path => !known.includes(path));
  return [...known.filter(path => set.has(path)), ...rest].map(path => [path, set.get(path)]);
}
function fragment() {
  const pairs = [...settings(), ...[...open].sort().map(name => ["open", name]), ...(find ? [["find", find]] : [])];
  return pairs.map(pair => pair.map(encodeURIComponent).join("=")).join("&");
}
function read() {
  if (drawn && location.hash.length > 1 && !location.hash.includes("=")) return; // a place on the page
  set.clear();
  open.clear();
  find = "";
  for (const part of location.hash.slice(1).split("&").filter(Boolean)) {
    const cut = part.indexOf("=");
    let pair;
    try { pair = [part.slice(0, cut), part.slice(cut + 1)].map(decodeURIComponent); } catch { continue; }
    if (pair[0] === "find") find = pair[1];
    else if (pair[0] === "open") open.add(pair[1]);
    else if (cut > 0 && (!points || known.includes(pair[0]))) set.set(...pair);
  }
  refresh.forEach(call => call());
}
function keep() { // while something is dragged there is one entry to go back over, not many
  const text = fragment() ? `#${fragment()}` : location.pathname + location.search;
  try { history[tracking ? "replaceState" : "pushState"](null, "", text); } catch { /* too many in a second */ }
  tracking = true;
}
function moved() {
  refresh.forEach(call => call());
  if (points) keep();
  follow();
}
function rested() {
  keep();
  tracking = false;
}
function put(path, value) {
  if (value === null) set.delete(path);
  else set.set(path, value);
}

// --- levers

let numbered = 0;
function lever(name, of, value, onReset, ...rest) {
  const id = `lever-${++numbered}`;
  const reset = make("button", { type: "button", class: "reset", "aria-label": `${of}: back to the scenario’s own`,
    click: () => { onReset(); moved(); rested(); } }, "↺");
  const row = make("div", { class: "head" }, make("label", { for: id }, name), value, reset);
  return [id, reset, make("div", { class: "lever" }, row, ...rest)];
}
function slider(one) {
  known.push(one.path);
  const value = make("output", {}), marks = make("div", { class: "marks", "aria-hidden": "true" });
  const input = make("input", { type: "range", min: 0, max: one.stops.length - 1, step: 1,
    input: () => { put(one.path, +input.value === one.own ? null : String(one.stops[input.value])); moved(); },
    change: rested });
  const words = one.meaning && make("p", { class: "note" }, one.meaning);
  const [id, reset, row] = lever(one.name, one.of || one.name, value, () => put(one.path, null), input, marks, words);
  input.id = id;
  const last = Math.max(1, one.stops.length - 1);
  if (one.mark) marks.append(placed(make("i", { class: "belief" }), { left: one.mark[0], width: one.mark[1] - one.mark[0] }));
  marks.append(placed(make("i", { class: "own" }), { left: one.own / last }));
  refresh.push(() => {
    const text = set.get(one.path);
    let place = text === undefined ? one.own : one.stops.findIndex(stop => String(stop) === text);
    const away = place < 0;
    if (away) place = one.stops.findLastIndex(stop => +stop <= +text); // a value between two stops, from a link
    input.value = Math.max(0, place);
    const said = away ? text : one.texts[place];
    value.textContent = [said, one.unit].filter(Boolean).join(" ") + (text === undefined && one.unset ? `, ${one.unset}` : "");
    input.setAttribute("aria-valuetext", value.textContent);
    reset.hidden = text === undefined;
  });
  if (one.belief) row.querySelector("label").append(" ", make("span", { class: "tag" }, one.belief));
  row.dataset.words = `${one.name} ${one.meaning} ${one.path}`.toLowerCase();
  return row;
}
function toggle(one) {
  known.push(one.path);
  const input = make("input", { type: "checkbox", "aria-label": `${one.of}: ${one.name}`,
    change: () => { put(one.path, input.checked === one.own ? null : String(input.checked)); moved(); rested(); } });
  refresh.push(() => { input.checked = set.has(one.path) ? set.get(one.path) === "true" : one.own; });
  return make("label", { class: "lever switch" }, input, " ", one.name);
}
function vote(one) {
  const outcomes = one.outcomes, open = 1 - outcomes.reduce((sum, each) => sum + each.own, 0);
  const step = outcomes.every(each => Number.isInteger(Math.round(each.own * 1e6) / 1e4)) ? 1 : 0.1;
  const rest = make("p", { class: "note" });
  const chance = each => set.has(each.path) ? +set.get(each.path) : each.own;
  const clear = () => outcomes.forEach(each => put(each.path, null));
  const rows = outcomes.map(each => {
    known.push(each.path);
    const value = make("output", {}), marks = make("div", { class: "marks", "aria-hidden": "true" });
    const input = make("input", { type: "range", min: 0, max: 100, step, input: () => share(each, input.value / 100),
      change: rested });
    const [id, reset, row] = lever(each.name, `${one.name}, ${each.name}`, value, clear, input, marks);
    input.id = id;
    marks.append(placed(make("i", { class: "own" }), { left: each.own }));
    refresh.push(() => {
      input.value = 100 * chance(each);
      value.textContent = `${tidy(Math.round(1000 * chance(each)) / 10)} %` + (set.has(each.path) || !each.unset ? "" : `, ${each.unset}`);
      input.setAttribute("aria-valuetext", value.textContent);
      reset.hidden = !set.has(each.path);
    });
    return row;
  });
  function share(moving, value) { // the others, and what is left open, keep the proportions that the scenario has
    clear();
    if (Math.abs(value - moving.own) > 1e-9) {
      const others = outcomes.filter(each => each !== moving), weight = 1 - moving.own;
      let left = 1 - value;
      others.forEach((each, number) => {
        const last = open < 1e-9 && number === others.length - 1;
        const own = last ? left : weight > 1e-9 ? Math.floor(1e3 * (1 - value) * each.own / weight + 1e-6) / 1e3 : 0;
        left -= own;
        put(each.path, tidy(own));
      });
      put(moving.path, tidy(value));
    }
    moved();
  }
  refresh.push(() => {
    const left = Math.round(1000 * (1 - outcomes.reduce((sum, each) => sum + chance(each), 0))) / 10;
    rest.textContent = left > 0 ? `None of these: ${tidy(left)} %` : "";
  });
  return make("div", {}, ...rows, rest);
}
function locked(one) {
  return make("div", { class: "lever locked" }, make("b", {}, one.name), make("p", { class: "note" }, one.why));
}
function folded(name) {
  const box = make("details", { class: "group", toggle: () => {
    if (box.open === open.has(name)) return;
    if (box.open) open.add(name);
    else open.delete(name);
    tracking = true;
    keep();
  } }, make("summary", {}, make("h3", {}, name)));
  refresh.push(() => { box.open = open.has(name); });
  return box;
}
const KINDS = { slider, switch: toggle, vote, locked };
function levers() {
  for (const group of model.groups) {
    const box = group.folded ? folded(group.name) : make("section", { class: "group" }, group.name && make("h3", {}, group.name));
    box.append(...[group.note && make("p", { class: "note" }, group.note)].filter(Boolean));
    if (group.search) {
      const input = make("input", { type: "search", "aria-label": `Find in ${group.name}`, placeholder: "Find",
        input: () => { find = input.value; refresh.forEach(call => call()); tracking = true; keep(); } });
      refresh.push(() => {
        if (input.value !== find) input.value = find;
        for (const row of box.querySelectorAll(".lever")) row.hidden = !row.dataset.words.includes(find.toLowerCase());
      });
      box.append(input);
    }
    for (const item of group.items) {
      const rows = item.controls.map(one => KINDS[one.kind](one));
      box.append(item.title ? make("fieldset", {}, make("legend", {}, item.title),
        item.about && make("p", { class: "note" }, item.about), ...rows) : rows[0]);
    }
    at("levers").append(box);
  }
}

// --- what comes of it

function fan(view, base) {
  const wide = at("fan").clientWidth || 600, narrow = wide < 520, tall = narrow ? 200 : 320, line = narrow ? 15 : 18;
  const left = 26, right = wide - (narrow ? 92 : 158), head = 20, foot = tall - 22, days = model.days;
  const [before, after] = model.record, all = [...before, ...after], end = days[days.length - 1];
  const first = Math.min(days[0], ...before.map(pair => pair[0]));
  const most = 1.06 * Math.max(1, ...view.fan[4], ...base.fan[4], ...all.map(pair => pair[1]));
  const x = day => left + (right - left) * (day - first) / Math.max(1, end - first);
  const y = count => foot - (foot - head) * count / most;
  const round = value => Math.round(10 * value) / 10;
  const parts = [];
  const rule = (kind, x1, y1, x2, y2) => parts.push(make("line", { class: kind, x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2) }));
  const text = (kind, x0, y0, words, anchor) => parts.push(make("text", { class: kind, x: round(x0), y: round(y0), "text-anchor": anchor || "start" }, words));
  const along = pairs => pairs.flatMap(([day, count], n) => n ? [[x(day), y(pairs[n - 1][1])], [x(day), y(count)]] : [[x(day), y(count)]]);
  const path = (kind, corners, close) => parts.push(make("path", { class: kind, d: "M" + corners.map(pair => pair.map(round).join(" ")).join("L") + (close || "") }));
  const column = (one, n) => days.map((day, row) => [day, one.fan[n][row]]);
  const step = [1, 2, 5, 10, 20, 50].find(each => most / each <= 6.5) || 100;
  for (let count = 0; count <= most; count += step) {
    rule(count ? "grid" : "base", left, y(count), right, y(count));
    text("tick", left - 6, y(count) + 4, String(count), "end");
  }
  const month = day => { const date = new Date(864e5 * day); return 12 * date.getUTCFullYear() + date.getUTCMonth(); };
  const span = month(end) - month(first), fits = (right - left) / (narrow ? 44 : 56);
  const every = [1, 2, 3, 6, 12, 24, 60, 120].find(each => span / each <= fits) || 240;
  for (let number = Math.ceil((month(first) + 1) / every) * every; number <= month(end); number += every) {
    const date = new Date(Date.UTC(Math.floor(number / 12), number % 12, 1)), day = date / 864e5;
    rule("base", x(day), foot, x(day), foot + 4);
    const name = every < 12 ? date.toLocaleString("en-GB", { month: "short", year: "2-digit", timeZone: "UTC" }) : String(date.getUTCFullYear());
    text("tick", x(day), foot + 16, name, "middle");
  }
  path("most", [...along(column(view, 1)), ...along(column(view, 4)).reverse()], "Z");
  path("half", [...along(column(view, 2)), ...along(column(view, 3)).reverse()], "Z");
  rule("start", x(days[0]), 4, x(days[0]), foot);
  text("note", x(days[0]) + (narrow ? 4 : 6), 12, narrow ? model.start[1] : `start ${model.start[1]}`);
  const moving = base !== view;
  if (moving) {
    path("was band", along(column(base, 1)));
    path("was band", along(column(base, 4)));
    path("was", along(column(base, 0)));
  }
  path("mean", along(column(view, 0)));
  if (before.length) path("record", along([...before, ...after.slice(0, 1)]));
  if (after.length > 1) path("record", along(after));
  if (before.length && x(days[0]) - left > 70) text("on-record", left + 4, y(Math.max(...before.map(pair => pair[1]))) - 6, "on record");
  const last = one => one.fan.map(values => values[values.length - 1]), [mean, low, q25, q75, high] = last(view);
  const band = low === high ? String(low) : `${low}–${high}`;
  const labels = [[mean, "mean", "simulated strong", view.mean], [high > q75 ? (q75 + high) / 2 : high, "90 %", "simulated", band]];
  if (moving) labels.push([last(base)[0], "as it is", "soft", base.mean]);
  if (after.length > 1 && after[after.length - 1][0] >= end) labels.push([after[after.length - 1][1], "record", "on-record strong", String(after[after.length - 1][1])]);
  labels.sort((one, other) => other[0] - one[0]);
  const places = labels.map(label => y(label[0]));
  for (let n = 1; n < places.length; n++) places[n] = Math.max(places[n], places[n - 1] + line);
  const over = Math.max(0, places[places.length - 1] - (foot - 2));
  for (let n = places.length - 1; n >= 0; n--) places[n] = Math.min(places[n] - (n === places.length - 1 ? over : 0), n + 1 < places.length ? places[n + 1] - line : Infinity);
  labels.forEach(([value, name, kind, number], n) => {
    path(`leader ${kind.split(" ")[0]}`, [[right, y(value)], [right + 6, y(value)], [right + 14, places[n]]]);
    text(kind, right + 18, places[n] + 4, `${name}: ${number}`);
  });
  text("note", right + 18, 12, model.end);
  at("fan").replaceChildren(make("svg", { class: "chart", viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall, role: "img",
    "aria-label": `Chart of the number of states that recognise Taipei. ${view.sentence}` }, ...parts));
}
const MOST = 8; // states that may come: the others are counted
function chances(codes, own, was, caption, most_rows = Infinity) {
  const height = code => Math.max(own[code][0], was[code][0]);
  const least = [...codes].sort((one, other) => height(other) - height(one))[most_rows];
  const rows = codes.filter(code => least === undefined || height(code) > height(least));
  const others = codes.length - rows.length;
  if (!rows.length) return "";
  const most = Math.max(...rows.flatMap(code => [own[code][0], was[code][0]]));
  const scale = [0.05, 0.1, 0.2, 0.25, 0.5, 1].find(each => most <= each) || 1;
  return make("table", { class: "moves" }, make("caption", {}, caption, make("span", { class: "beside" }, `The bars end at ${100 * scale} %.${others ? ` ${others} more, each at most ${own[least][0] > was[least][0] ? own[least][1] : was[least][1]}.` : ""}`)),
    make("thead", {}, make("tr", {}, ...["State", "Chance", "Change, points"].map((name, n) => make("th", { scope: "col", class: n ? "num" : undefined }, name)))),
    make("tbody", {}, ...rows.map(code => {
      const [p, text, change, clear] = own[code];
      return make("tr", {}, make("th", { scope: "row" }, model.names[code], make("span", { class: "track", "aria-hidden": "true" },
        placed(make("i", { class: "bar" }), { width: p / scale }), placed(make("i", { class: "was" }), { left: was[code][0] / scale }))),
        make("td", { class: "num" }, text), make("td", { class: clear ? "num clear" : "num faint" }, change));
    })));
}
function bidding(rows) {
  if (!rows || !rows.length) return "";
  const limits = rows.flatMap(row => [...row[1], ...row[2]]).filter(limit => limit > 0);
  const least = Math.min(...limits), most = Math.max(...limits), length = Math.log(most / least) || 1;
  const x = limit => limit > least ? Math.log(limit / least) / length : 0;
  const span = (kind, [low, middle, high]) => [placed(make("i", { class: `span ${kind}` }), { left: x(low), width: x(high) - x(low) }),
    placed(make("i", { class: `dot ${kind}` }), { left: x(middle) })];
  return make("table", { class: "moves" }, make("caption", {}, "What was bid in talks of leaving Taipei",
    make("span", { class: "beside" }, "Limits as the state believes them: median and 90 % of talks; ", make("b", { class: "of-beijing" }, "Beijing"), " above, ", make("b", { class: "of-taipei" }, "Taipei"), ` below, from ${tidy(Number(least.toPrecision(1)))} to ${tidy(Number(most.toPrecision(2)))} % of its GDP a year; equal steps are equal ratios.`)),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "State"))),
    make("tbody", {}, ...rows.map(([code, beijing, taipei, words]) => make("tr", {}, make("th", { scope: "row" }, model.names[code],
      make("span", { class: "track bids", "aria-hidden": "true" }, ...span("beijing", beijing), ...span("taipei", taipei)), make("span", { class: "beside" }, words))))));
}
function draw(view, base) {
  drawn = [view, base];
  at("said").textContent = view.sentence;
  at("said").className = "answer";
  fan(view, base);
  at("key").textContent = `Line: mean over the runs. Bands: half and 90 % of them.${base === view ? "" : ` Dashed: ${model.against || "the scenario as it is"}.`}`
    + ` ${view.runs.toLocaleString("en-GB")} runs${points ? " a point" : ""}, seed ${model.seed}. ± is one Monte Carlo standard error of the difference, run by run; what is grey is not beyond chance.`;
  const comers = model.comers.filter(code => Math.max(view.states[code][0], base.states[code][0]) >= model.least);
  at("tables").replaceChildren(...[
    chances(model.leavers, view.states, base.states, `Chance to have left Taipei by ${model.end}`),
    chances(comers, view.states, base.states, `Chance to have come to Taipei by ${model.end}`, MOST),
    chances(model.hosts, view.hosts, base.hosts, `Chance of a host to have suspended military cooperation by ${model.end}`),
    bidding(view.bids)].filter(Boolean));
}
function wrong(lines) {
  at("said").className = "answer wrong";
  at("said").textContent = lines.join(" ");
}

// --- following the levers

let following = false, whole = null;
const pause = time => new Promise(done => setTimeout(done, time));
const query = () => settings().map(pair => `&set=${encodeURIComponent(pair.join("="))}`).join("");
async function ask(runs, signal) {
  let answer;
  try {
    answer = await fetch(`run?runs=${runs}${query()}`, { signal });
    if (answer.status === 409) { await pause(150); return null; }
    const view = await answer.json();
    if (!answer.ok) wrong(view.problems);
    return answer.ok ? view : false;
  } catch (error) {
    if (error.name === "AbortError") return null;
    wrong(["The program that runs the scenario has ended. Start it again, then reload this page."]);
    return false;
  }
}
async function follow() {
  said();
  if (points) return pick();
  if (whole) whole.abort();
  if (following) return;
  following = true;
  at("explore").setAttribute("aria-busy", "true");
  for (let asked = null; asked !== query();) {
    asked = query();
    if (settings().length && tracking) keep();
    const soon = await ask(model.fast);
    if (soon === false) continue; // said why; again when something else is set
    if (soon) draw(soon.view, soon.base || soon.view);
    else asked = null;
    if (asked !== query()) continue;
    await pause(200);
    if (asked !== query()) continue;
    whole = new AbortController();
    const all = await ask(model.whole, whole.signal);
    whole = null;
    if (all && asked === query()) draw(all.view, all.base || all.view);
    else if (all === null) asked = null;
  }
  following = false;
  at("explore").removeAttribute("aria-busy");
}
function pick() {
  const key = model.groups[0].items.map(({ controls: [one] }) => set.has(one.path) ? one.stops.findIndex(stop => String(stop) === set.get(one.path)) : one.own).join(" ");
  const view = points[key], base = points[model.base];
  if (view) draw(view, base);
  else wrong(["This point could not be run."]);
}

// --- taking it away

function command() {
  const quoted = text => /^[\w.,=:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  const own = points ? model.groups[0].items.map(({ controls: [one] }) => [one.path, set.get(one.path) ?? String(one.stops[one.own]), one.same])
    .filter(([, value, same]) => value !== same) : settings();
  return [model.command, ...own.map(([path, value]) => `--set ${quoted(`${path}=${value}`)}`)].join(" ");
}
function said() {
  at("command").textContent = command();
  const save = at("save");
  if (save) save.href = `scenario?${query().slice(1)}`;
  at("reset").disabled = !set.size;
}
function copied(button, text) {
  const name = button.textContent;
  navigator.clipboard.writeText(text()).then(() => { button.textContent = "Copied"; }, () => { button.textContent = "Not copied: the browser forbids it"; })
    .then(() => pause(1500)).then(() => { button.textContent = name; });
}
function taking() {
  const button = (name, id, click) => make("button", { type: "button", id, click }, name);
  at("keep").append(make("p", { class: "over" }, "The command that gives these numbers:"), make("pre", {}, make("code", { id: "command" })),
    make("p", { class: "buttons" }, button("Copy command", "copy", event => copied(event.target, command)),
      button("Copy link", "link", event => copied(event.target, () => location.href)), button("Back", "back", () => history.back()),
      button("Reset all", "reset", () => { set.clear(); moved(); rested(); }),
      !points && make("a", { id: "save", download: model.file, href: "scenario" }, "Save as a scenario")));
}

levers();
taking();
read();
follow();
addEventListener("popstate", () => { read(); tracking = false; follow(); });
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width && drawn) { width = innerWidth; fan(...drawn); } });
})();
