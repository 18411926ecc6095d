// The page: one day of a salon, asked for every second, and what its owner may do with the app.

import { $, ask, make, salon } from "./asking.js";
import { follow } from "./deliveries.js";
import { edit, prepare } from "./form.js";
import { draw } from "./grid.js";

const APP = { uninstalled: "не подключено", pending: "ждёт партнёра", active: "подключено", freezed: "заморожено" };
const ENTER = { uninstalled: "Подключить", pending: "Продолжить подключение", active: "Открыть приложение", freezed: "Подключить снова" };
const EVERY = 1000;
let shown = null, drawn = "";

async function load(day = $("day").value || "today") {
  if (!salon()) return;
  const found = await ask(`/day/${salon()}/${day}`);
  const text = JSON.stringify(found);
  if (text === drawn || document.querySelector(".drag")) return;
  [shown, drawn] = [found, text];
  $("day").value = found.day;
  $("title").textContent = found.title;
  $("app").textContent = APP[found.app];
  $("enter").textContent = ENTER[found.app];
  $("enter").href = `/_fake/enter/${salon()}`;
  draw(found, { edit: (record, staff, time) => edit(shown, record, staff, time), move });
}

async function move(record, staff, time) {
  const where = { staff_id: staff, datetime: `${shown.day} ${time}:00` };
  await ask("/journal/record", { salon_id: salon(), record_id: record.id, ...where }).catch((error) => alert(error.message));
  drawn = "";
  await load();
}

async function act(deed) {
  await ask(`/${deed}`, { salon_id: salon() }).catch((error) => alert(error.message));
  await load();
}

function shift(days) {
  const day = new Date(`${$("day").value}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return load(day.toISOString().slice(0, 10));
}

$("back").onclick = () => shift(-1);
$("on").onclick = () => shift(1);
/** As YClients does with an app whose card says so: its page in a frame, where the journal was. */
function openHere() {
  const shows = $("frame").hidden;
  if (shows) $("frame").src = $("enter").href;
  $("frame").hidden = !shows;
  $("grid").hidden = shows;
  $("here").textContent = shows ? "К журналу" : "Открыть здесь";
}

$("here").onclick = openHere;
$("today").onclick = () => load("today");
$("new").onclick = () => shown && edit(shown, null, shown.masters[0].id, "12:00");
$("day").onchange = $("salon").onchange = () => load();
for (const button of document.querySelectorAll("[data-app]")) button.onclick = () => act(button.dataset.app);
prepare(load);

async function tick() {
  try {
    await load();
    await follow();
  } catch { /* the server is away; it is asked again */ }
  setTimeout(tick, EVERY);
}

const { salons } = await ask("/salons");
$("salon").replaceChildren(...salons.map((each) => make("option", { value: each.id }, `${each.title} · ${each.id}`)));
$("salon").hidden = salons.length < 2;
$("empty").hidden = salons.length > 0;
$("grid").hidden = $("new").hidden = !salons.length;
tick();
