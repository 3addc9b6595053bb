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
let find = "", drawn = null;

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
function keep(way) { // by pushState, so that one can go back, or by replaceState
  const text = fragment() ? `#${fragment()}` : location.pathname + location.search;
  if (text === location.hash || (!fragment() && !location.hash)) return;
  const depth = (history.state?.depth || 0) + (way === "pushState");
  try { history[way]({ depth }, "", text); } catch { /* the browser allows so many in a second */ }
}
function moved() {
  refresh.forEach(call => call());
  follow();
}
function rested() {
  keep("pushState");
  offer();
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
const unset = (text, one) => text === undefined && one.unset ? `, ${one.unset}` : "";
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
  if (one.mark) marks.append(mark("belief", { left: one.mark[0], width: one.mark[1] - one.mark[0] }));
  marks.append(mark("own", { left: one.own / last }));
  refresh.push(() => {
    const text = set.get(one.path);
    let place = text === undefined ? one.own : one.stops.findIndex(stop => String(stop) === text);
    const away = place < 0;
    if (away) place = one.stops.findLastIndex(stop => +stop <= +text); // a value between two stops, from a link
    input.value = Math.max(0, place);
    const said = away ? text : one.texts[place];
    value.textContent = [said, one.unit].filter(Boolean).join(" ") + unset(text, one);
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
    marks.append(mark("own", { left: each.own }));
    refresh.push(() => {
      input.value = 100 * chance(each);
      value.textContent = `${tidy(Math.round(1000 * chance(each)) / 10)} %${unset(set.get(each.path), each)}`;
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
    keep("replaceState");
  } }, make("summary", {}, make("h3", {}, name)));
  refresh.push(() => { box.open = open.has(name); });
  return box;
}
const KINDS = { slider, switch: toggle, vote, locked };
function levers() {
  for (const group of model.groups) {
    const box = group.folded ? folded(group.name)
      : make("section", { class: "group" }, group.name && make("h3", {}, group.name));
    if (group.note) box.append(make("p", { class: "note" }, group.note));
    if (group.search) {
      const input = make("input", { type: "search", "aria-label": `Find in ${group.name}`, placeholder: "Find",
        input: () => { find = input.value; refresh.forEach(call => call()); keep("replaceState"); } });
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
  const [before, after] = model.record, all = [...before, ...after], end = days.at(-1);
  const first = Math.min(days[0], ...before.map(pair => pair[0]));
  const most = 1.06 * Math.max(1, ...view.fan[4], ...base.fan[4], ...all.map(pair => pair[1]));
  const x = day => left + (right - left) * (day - first) / Math.max(1, end - first);
  const y = count => foot - (foot - head) * count / most;
  const round = value => Math.round(10 * value) / 10;
  const parts = [];
  const path = (kind, corners, close = "") => parts.push(
    make("path", { class: kind, d: "M" + corners.map(pair => pair.map(round).join(" ")).join("L") + close }));
  const text = (kind, x0, y0, words, anchor = "start") => parts.push(
    make("text", { class: kind, x: round(x0), y: round(y0), "text-anchor": anchor }, words));
  const rule = (kind, ...corners) => path(kind, corners);
  const along = pairs => pairs.flatMap(([day, count], n) => // a line of steps
    [...(n ? [[x(day), y(pairs[n - 1][1])]] : []), [x(day), y(count)]]);
  const column = (one, n) => days.map((day, row) => [day, one.fan[n][row]]);
  const step = [1, 2, 5, 10, 20, 50].find(each => most / each <= 6.5) || 100;
  for (let count = 0; count <= most; count += step) {
    rule(count ? "grid" : "base", [left, y(count)], [right, y(count)]);
    text("tick", left - 6, y(count) + 4, String(count), "end");
  }
  const month = day => { const date = new Date(864e5 * day); return 12 * date.getUTCFullYear() + date.getUTCMonth(); };
  const span = month(end) - month(first), fits = (right - left) / (narrow ? 44 : 56);
  const every = [1, 2, 3, 6, 12, 24, 60, 120].find(each => span / each <= fits) || 240;
  for (let number = Math.ceil((month(first) + 1) / every) * every; number <= month(end); number += every) {
    const date = new Date(Date.UTC(Math.floor(number / 12), number % 12, 1)), day = date / 864e5;
    rule("base", [x(day), foot], [x(day), foot + 4]);
    const how = every < 12 ? { month: "short", year: "2-digit", timeZone: "UTC" } : { year: "numeric", timeZone: "UTC" };
    text("tick", x(day), foot + 16, date.toLocaleString("en-GB", how), "middle");
  }
  path("most", [...along(column(view, 1)), ...along(column(view, 4)).reverse()], "Z");
  path("half", [...along(column(view, 2)), ...along(column(view, 3)).reverse()], "Z");
  rule("start", [x(days[0]), 4], [x(days[0]), foot]);
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
  const highest = Math.max(...before.map(pair => pair[1]));
  if (before.length && x(days[0]) - left > 70) text("on-record", left + 4, y(highest) - 6, "on record");
  const [mean, low, , q75, high] = view.fan.map(values => values.at(-1));
  const band = low === high ? String(low) : `${low}–${high}`;
  const labels = [[mean, "mean", "simulated strong", view.mean], [(q75 + high) / 2, "90 %", "simulated", band]];
  if (moving) labels.push([base.fan[0].at(-1), model.was || "as it is", "soft", base.mean]);
  if (after.length > 1 && after.at(-1)[0] >= end) labels.push([after.at(-1)[1], "record", "on-record strong", after.at(-1)[1]]);
  labels.sort((one, other) => other[0] - one[0]);
  const places = labels.map(label => y(label[0])); // of the names: apart by a line, and above the foot
  for (let n = 1; n < places.length; n++) places[n] = Math.max(places[n], places[n - 1] + line);
  for (let n = places.length - 1, roof = foot - 2; n >= 0; n--, roof -= line) places[n] = Math.min(places[n], roof);
  labels.forEach(([value, name, kind, number], n) => {
    path(`leader ${kind.split(" ")[0]}`, [[right, y(value)], [right + 6, y(value)], [right + 14, places[n]]]);
    text(kind, right + 18, places[n] + 4, `${name}: ${number}`);
  });
  text("note", right + 18, 12, model.end);
  const words = `Chart of the number of states that recognise Taipei. ${view.sentence}`;
  at("fan").replaceChildren(make("svg", { class: "chart", viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall,
    role: "img", "aria-label": words }, ...parts));
}
const MOST = 8; // states that may come to Taipei; the others are counted
const named = (code, ...more) => make("th", { scope: "row" }, model.names[code], ...more);
const beside = (...words) => make("span", { class: "beside" }, ...words);
const track = (kind, ...marks) => make("span", { class: `track ${kind}`, "aria-hidden": "true" }, ...marks);
const mark = (kind, places) => placed(make("i", { class: kind }), places);
function table(caption, heads, lines) {
  const columns = heads.map((name, n) => make("th", { scope: "col", class: n ? "num" : undefined }, name));
  return make("table", { class: "moves" }, make("caption", {}, ...caption),
    make("thead", {}, make("tr", {}, ...columns)),
    make("tbody", {}, ...lines.map(cells => make("tr", {}, ...cells))));
}
function chances(codes, own, was, caption, limit = Infinity) {
  const height = code => Math.max(own[code][0], was[code][0]);
  const next = [...codes].sort((one, other) => height(other) - height(one))[limit]; // the first that is left out
  const shown = codes.filter(code => next === undefined || height(code) > height(next));
  if (!shown.length) return "";
  const most = Math.max(...shown.map(height)), scale = [0.05, 0.1, 0.2, 0.25, 0.5, 1].find(each => most <= each) || 1;
  const others = next === undefined ? "" : ` ${codes.length - shown.length} more states, each at most `
    + `${own[next][0] > was[next][0] ? own[next][1] : was[next][1]}.`;
  return table([caption, beside(`The bars end at ${100 * scale} %.${others}`)], ["State", "Chance", "Change, points"],
    shown.map(code => {
      const [p, text, change, clear] = own[code];
      return [named(code, track("", mark("bar", { width: p / scale }), mark("was", { left: was[code][0] / scale }))),
        make("td", { class: "num" }, text), make("td", { class: clear ? "num clear" : "num faint" }, change)];
    }));
}
function bidding(bids) {
  if (!bids || !bids.length) return "";
  const limits = bids.flatMap(row => [...row[1], ...row[2]]).filter(limit => limit > 0);
  const least = Math.min(...limits), most = Math.max(...limits), length = Math.log(most / least) || 1;
  const x = limit => limit > least ? Math.log(limit / least) / length : 0;
  const side = (kind, [low, middle, high]) => [mark(`span ${kind}`, { left: x(low), width: x(high) - x(low) }),
    mark(`dot ${kind}`, { left: x(middle) })];
  const caption = ["What was bid in talks of leaving Taipei", beside(
    "Limits as the state believes them, median and 90 % of talks: ", make("b", { class: "of-beijing" }, "Beijing"), " above, ",
    make("b", { class: "of-taipei" }, "Taipei"), ` below, from ${tidy(Number(least.toPrecision(1)))} to `
    + `${tidy(Number(most.toPrecision(2)))} % of its GDP a year; equal steps are equal ratios.`)];
  return table(caption, ["State"], bids.map(([code, beijing, taipei, words]) =>
    [named(code, track("bids", ...side("beijing", beijing), ...side("taipei", taipei)), beside(words))]));
}
function draw(view, base) {
  drawn = [view, base];
  at("said").textContent = view.sentence;
  at("said").className = "answer";
  fan(view, base);
  const dashed = base === view ? "" : ` Dashed: ${model.against || "the scenario as it is"}.`;
  at("key").textContent = `Line: mean over the runs. Bands: half and 90 % of them.${dashed}`
    + ` ${view.runs.toLocaleString("en-GB")} runs${points ? " a point" : ""}, seed ${model.seed}.`
    + " ± is one Monte Carlo standard error of the difference, run by run; what is grey is not beyond chance.";
  const comers = model.comers.filter(code => Math.max(view.states[code][0], base.states[code][0]) >= model.least);
  at("tables").replaceChildren(...[
    chances(model.leavers, view.states, base.states, `Chance to have left Taipei by ${model.end}`),
    chances(comers, view.states, base.states, `Chance to have come to Taipei by ${model.end}${points ? ", of the likeliest" : ""}`, MOST),
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
  offer();
  if (points) return pick();
  if (whole) whole.abort();
  if (following) return;
  following = true;
  at("explore").setAttribute("aria-busy", "true");
  for (let asked = null; asked !== query();) {
    asked = query();
    const soon = await ask(model.fast);
    if (soon === false) continue; // said why; again when something else is set
    if (soon) draw(soon.view, soon.base || soon.view);
    else asked = null;
    if (asked !== query()) continue;
    await pause(300); // it rests
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
const axes = () => model.groups[0].items.map(item => item.controls[0]);
function pick() {
  const place = one => set.has(one.path) ? one.stops.findIndex(stop => String(stop) === set.get(one.path)) : one.own;
  const long = steps => steps.flatMap((value, n) => n % 2 ? [] : Array(steps[n + 1]).fill(value));
  const unpacked = point => point && { ...point, fan: point.fan.map((values, n) => n ? long(values) : values) };
  const key = axes().map(place).join(" "), base = unpacked(points[model.base]);
  const view = key === model.base ? base : unpacked(points[key]);
  if (view) draw(view, base);
  else wrong(["This point could not be run."]);
}

// --- taking it away

function command() {
  const quoted = text => /^[\w.,=:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  const own = !points ? settings() : axes().map(one => [one.path, set.get(one.path) ?? String(one.stops[one.own]), one.same])
    .filter(([, value, same]) => value !== same);
  return [model.command, ...own.map(([path, value]) => `--set ${quoted(`${path}=${value}`)}`)].join(" ");
}
function offer() {
  at("command").textContent = command();
  const save = at("save");
  if (save) save.href = `scenario?${query().slice(1)}`;
  at("reset").disabled = !set.size;
  at("back").disabled = !history.state?.depth;
}
function copied(button, text) {
  const name = button.textContent;
  const say = words => { button.textContent = words; };
  navigator.clipboard.writeText(text()).then(() => say("Copied"), () => say("Not copied: the browser forbids it"))
    .then(() => pause(1500)).then(() => say(name));
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
addEventListener("popstate", () => { read(); follow(); });
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width && drawn) { width = innerWidth; fan(...drawn); } });
})();
