// The day: masters side by side, their bookings as cards that are dragged with a mouse or opened.

import { $, clock, make, minutes } from "./asking.js";

const QUARTER = 17;
const DRAG_BEGINS = 5;
let shown = null, opens = 0, closes = 0, act = null;

const top = (total) => `${(total - opens) / 15 * QUARTER}px`;
const height = (length) => `${length / 15 * QUARTER}px`;

/** `acts.edit(record, staffId, time)` opens the form, `acts.move(record, staffId, time)` moves at once. */
export function draw(day, acts) {
  [shown, act] = [day, acts];
  const hours = day.masters.flatMap((master) => master.hours).concat(day.records.map((record) => [record.from, record.to]));
  opens = Math.min(600, ...hours.map(([from]) => Math.floor(minutes(from) / 60) * 60));
  closes = Math.max(1140, ...hours.map(([, to]) => Math.ceil(minutes(to) / 60) * 60));
  const grid = $("grid"), columns = day.masters.map(column);
  grid.style.gridTemplateColumns = `56px repeat(${day.masters.length}, minmax(190px, 1fr))`;
  grid.replaceChildren(make("div", { className: "head" }), ...day.masters.map(head), scale(), ...columns);
}

const head = (master) => make("div", { className: "head" }, make("b", {}, master.name), make("small", {}, master.specialization));

function scale() {
  const element = make("div", { className: "hours" });
  for (let hour = opens + 60; hour < closes; hour += 60) {
    const mark = make("span", {}, clock(hour));
    mark.style.top = top(hour);
    element.append(mark);
  }
  return element;
}

function column(master) {
  const element = make("div", { className: "column" });
  element.dataset.staff = master.id;
  element.style.height = height(closes - opens);
  element.append(...closed(master.hours));
  if (shown.now.startsWith(shown.day)) element.append(band("now", minutes(shown.now.slice(11, 16)), 0));
  const theirs = shown.records.filter((record) => record.staff_id === master.id && !record.deleted);
  const isOver = (record) => theirs.some((each) => each.id < record.id && each.from < record.to && record.from < each.to);
  element.append(...theirs.map((record) => card(record, isOver(record))));
  element.addEventListener("click", (event) => {
    if (event.target === element) act.edit(null, master.id, clock(opens + Math.floor(event.offsetY / QUARTER) * 15));
  });
  return element;
}

function closed(hours) {
  const bands = [];
  let begun = opens;
  for (const [from, to] of [...hours, [clock(closes), clock(closes)]]) {
    if (minutes(from) > begun) bands.push(band("closed", begun, minutes(from) - begun));
    begun = minutes(to);
  }
  return bands;
}

function band(name, from, length) {
  const element = make("div", { className: name });
  element.style.top = top(from);
  if (length) element.style.height = height(length);
  return element;
}

function card(record, isOver) {
  const kind = record.client ? `a${record.attendance}` : "free";
  const element = make("div", { className: `record ${kind}`, tabIndex: 0, role: "button" },
    make("b", {}, `${record.from} ${record.client?.display_name ?? "без клиента"}`), record.title);
  element.dataset.record = record.id;
  if (isOver) element.style.left = "40%";
  element.style.top = top(minutes(record.from));
  element.style.height = `${Math.max(record.minutes / 15 * QUARTER - 2, 18)}px`;
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // or it presses the form's first button
    act.edit(record);
  });
  element.addEventListener("click", () => element.dataset.dragged || act.edit(record));
  element.addEventListener("pointerdown", (event) => event.pointerType === "mouse" && drag(event, element, record));
  return element;
}

// A finger scrolls the page, and opens the form with a tap: only a mouse drags.
function drag(begun, element, record) {
  const from = element.getBoundingClientRect();
  let goal = null;
  element.setPointerCapture(begun.pointerId);
  element.onpointermove = (event) => {
    if (!goal && Math.hypot(event.clientX - begun.clientX, event.clientY - begun.clientY) < DRAG_BEGINS) return;
    element.classList.add("drag");
    element.dataset.dragged = "yes";
    const place = document.elementsFromPoint(event.clientX, event.clientY).find((each) => each.classList.contains("column"));
    if (!place) return;
    const offset = from.top + event.clientY - begun.clientY - place.getBoundingClientRect().top;
    const start = Math.min(Math.max(opens + Math.round(offset / QUARTER) * 15, opens), closes - 15);
    element.style.transform = `translateX(${place.getBoundingClientRect().left - element.parentElement.getBoundingClientRect().left}px)`;
    element.style.top = top(start);
    goal = { staff: Number(place.dataset.staff), time: clock(start) };
  };
  element.onpointerup = element.onpointercancel = (event) => {
    element.onpointermove = element.onpointerup = element.onpointercancel = null;
    element.classList.remove("drag");
    if (goal && event.type === "pointerup") act.move(record, goal.staff, goal.time);
  };
}
