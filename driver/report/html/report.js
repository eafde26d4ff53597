"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const LEVELS = ["error", "warning", "info"];
const STEP = 200; // how many findings are put on the page at a time
const CONTEXT = 3; // lines of code around a finding

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// --- what is shown ---

const folderOf = (path) => path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
const inFolder = (path, folder) => folder === "." ? !path.includes("/") : path.startsWith(folder + "/");
for (const f of data.findings) {
  if (f.file >= 0) f.path = data.files[f.file].path;
  f.folder = folderOf(f.path);
  f.text = [f.message, f.rule, f.path, ...f.notes.map((n) => n.message)].join("\n").toLowerCase();
}

const wanted = { search: "", rule: "", folder: "", levels: new Set(LEVELS) };
let matching = [], shown = 0, current = -1;
const opened = new Set();

function matches(f) {
  return wanted.levels.has(f.level) && (!wanted.rule || f.rule === wanted.rule) &&
    (!wanted.folder || inFolder(f.path, wanted.folder)) &&
    wanted.search.toLowerCase().split(/\s+/).every((word) => f.text.includes(word));
}

function refresh() {
  matching = data.findings.filter(matches);
  shown = 0;
  current = -1;
  $("findings").replaceChildren();
  showMore();
  $("none").hidden = matching.length > 0;
  $("shown").textContent = `${matching.length} of ${data.findings.length}`;
  for (const bar of document.querySelectorAll(".bar"))
    bar.setAttribute("aria-pressed", wanted[bar.dataset.key] === bar.dataset.value);
  $("rule").value = wanted.rule;
  $("folder").value = wanted.folder;
  if ($("search").value !== wanted.search) $("search").value = wanted.search;
  for (const box of document.querySelectorAll("#severities input")) box.checked = wanted.levels.has(box.value);
  const state = new URLSearchParams();
  for (const key of ["search", "rule", "folder"]) if (wanted[key]) state.set(key, wanted[key]);
  if (wanted.levels.size < LEVELS.length) state.set("levels", [...wanted.levels].join(" "));
  history.replaceState(null, "", state.size ? "#" + state : location.pathname + location.search);
}

function showMore() {
  const items = matching.slice(shown, shown + STEP).map(makeItem);
  shown += items.length;
  $("findings").append(...items);
}

function clearFilters() {
  Object.assign(wanted, { search: "", rule: "", folder: "", levels: new Set(LEVELS) });
  refresh();
}

// --- a finding ---

function makeItem(f) {
  const item = make("li");
  const head = make("button", "head");
  head.type = "button";
  head.append(make("span", "level " + f.level, f.level), make("span", "message", f.message));
  const where = make("span", "where");
  where.append(make("b", "", f.rule), ` ${f.path}${f.line ? `:${f.line}:${f.column}` : ""}`);
  head.append(where);
  head.setAttribute("aria-expanded", "false");
  head.addEventListener("click", () => toggle(item, f));
  head.addEventListener("focus", () => { current = [...$("findings").children].indexOf(item); });
  item.append(head);
  if (opened.has(f)) toggle(item, f, true);
  return item;
}

function toggle(item, f, open = item.firstChild.getAttribute("aria-expanded") === "false") {
  item.firstChild.setAttribute("aria-expanded", open);
  if (open) opened.add(f); else opened.delete(f);
  if (!open) item.lastChild.remove();
  else if (item.children.length === 1) item.append(makeBody(f));
}

function makeBody(f) {
  const body = make("div", "body");
  if (f.line) body.append(makeCode(f, f.message));
  for (const note of f.notes) {
    const place = make("p", "place");
    place.append(make("b", "", "note: "), note.message);
    if (note.line) place.append(` (${data.files[note.file].path}:${note.line}:${note.column})`);
    body.append(place);
    if (note.line) body.append(makeCode(note));
  }
  for (const fix of f.fixes) body.append(...makeFix(fix));
  const tail = make("p", "tail"), link = make("a", "", f.rule);
  link.href = data.rules[f.rule].url;
  link.rel = "noreferrer";
  tail.append(link, `: ${data.rules[f.rule].summary}. To suppress: `, make("code", "", `// NOLINT(${f.rule})`),
    ` Fingerprint: `, make("code", "", f.fingerprint));
  body.append(tail);
  return body;
}

function makeRow(number, sign, text, className) {
  const row = make("span", "row " + (className || ""));
  row.append(make("span", "number", number), sign);
  if (text !== undefined) row.append(text);
  return row;
}

function makeCode(place, says) {
  const pre = make("pre"), lines = data.files[place.file].lines;
  for (let line = place.line - CONTEXT; line <= place.line + CONTEXT; ++line) {
    const text = lines[line];
    if (text === undefined) continue;
    if (line !== place.line) {
      pre.append(makeRow(line, "", text));
      continue;
    }
    const row = makeRow(line, "", text.slice(0, place.from), "hit");
    row.append(make("mark", "", text.slice(place.from, place.to)), text.slice(place.to));
    pre.append(row);
    if (says) pre.append(makeRow("", "", text.slice(0, place.from).replace(/[^\t]/g, " ") + "^ " + says, "says"));
  }
  return pre;
}

function makeFix(fix) {
  const place = make("p", "place");
  place.append(make("b", "", fix.label + (fix.safe ? " (--fix): " : " (--fix --unsafe-fixes): ")));
  if (!fix.safe) place.append(fix.message);
  const pre = make("pre", "diff");
  for (const hunk of fix.hunks) {
    if (fix.hunks.length > 1) pre.append(makeRow("", data.files[hunk.file].path));
    hunk.before.forEach((text, i) => pre.append(makeRow(hunk.line + i, "- ", text, "minus")));
    hunk.after.forEach((text, i) => pre.append(makeRow(hunk.line + i, "+ ", text, "plus")));
  }
  return [place, pre];
}

// --- summary ---

function drawPlot(id, key) {
  const counts = new Map();
  for (const f of data.findings) {
    const value = f[key];
    if (!counts.has(value)) counts.set(value, { all: 0 });
    const count = counts.get(value);
    ++count.all;
    count[f.level] = (count[f.level] || 0) + 1;
  }
  const sorted = [...counts].sort((a, b) => b[1].all - a[1].all || (a[0] < b[0] ? -1 : 1));
  const most = sorted.length ? sorted[0][1].all : 1;
  for (const [value, count] of sorted) {
    const bar = make("button", "bar"), name = make("span", "name"), track = make("span", "track");
    bar.type = "button";
    bar.dataset.key = key;
    bar.dataset.value = value;
    bar.title = `${value}: ` + LEVELS.filter((l) => count[l]).map((l) => `${count[l]} ${l}`).join(", ");
    name.append(make("bdi", "", value));
    for (const level of LEVELS) {
      const part = make("i", level);
      part.style.width = `${100 * (count[level] || 0) / most}%`;
      track.append(part);
    }
    bar.append(name, track, make("span", "count", count.all));
    bar.addEventListener("click", () => { wanted[key] = wanted[key] === value ? "" : value; refresh(); });
    $(id).append(bar);
  }
  for (const value of [...counts.keys()].sort()) $(key).append(new Option(value, value));
}

function describeTotals() {
  const count = (level) => data.findings.filter((f) => f.level === level).length;
  const parts = LEVELS.map((l) => [count(l), l]).filter(([n]) => n).map(([n, l]) => `${n} ${l}${n > 1 ? "s" : ""}`);
  $("totals").textContent = (parts.join(", ") || "no findings") + ` in ${data.checked} checked file${data.checked === 1 ? "" : "s"}, torch-tidy ${data.version}`;
  for (const level of LEVELS) {
    const label = make("label", level), box = make("input");
    box.type = "checkbox";
    box.value = level;
    box.addEventListener("change", () => { wanted.levels[box.checked ? "add" : "delete"](level); refresh(); });
    label.append(box, ` ${level} ${count(level)}`);
    $("severities").append(label);
  }
}

// --- keys ---

function go(step) {
  const target = Math.max(0, current + step);
  if (target >= shown) showMore();
  const item = $("findings").children[Math.min(target, shown - 1)];
  if (!item) return;
  item.firstChild.focus({ preventScroll: true });
  item.scrollIntoView({ block: "center" });
}

function toggleVisible() {
  const visible = [...$("findings").children].map((item, i) => [item, matching[i]]).filter(([item]) => {
    const box = item.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  });
  const open = visible.some(([item]) => item.firstChild.getAttribute("aria-expanded") === "false");
  for (const [item, f] of visible) toggle(item, f, open);
}

function setTheme(theme) { document.documentElement.dataset.theme = theme; }
const switchTheme = () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
const KEYS = {
  j: () => go(1), k: () => go(-1), e: toggleVisible, x: clearFilters, t: switchTheme,
  "/": () => { $("search").focus(); $("search").select(); }, "?": () => $("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (event.target.matches("input[type=search], select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (!KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

// --- start ---

const dark = matchMedia("(prefers-color-scheme: dark)");
setTheme(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
drawPlot("by-rule", "rule");
drawPlot("by-folder", "folder");
describeTotals();
$("search").addEventListener("input", () => { wanted.search = $("search").value; refresh(); });
for (const key of ["rule", "folder"]) $(key).addEventListener("change", () => { wanted[key] = $(key).value; refresh(); });
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("reset", (event) => { event.preventDefault(); clearFilters(); });
$("clear-too").addEventListener("click", clearFilters);
$("theme").addEventListener("click", switchTheme);
$("help").addEventListener("click", KEYS["?"]);
new IntersectionObserver((entries) => { if (entries[0].isIntersecting && shown < matching.length) showMore(); },
  { rootMargin: "800px" }).observe($("more"));
const given = new URLSearchParams(location.hash.slice(1));
for (const key of ["search", "rule", "folder"]) wanted[key] = given.get(key) || "";
if (given.has("levels")) wanted.levels = new Set(given.get("levels").split(" ").filter((l) => LEVELS.includes(l)));
refresh();
