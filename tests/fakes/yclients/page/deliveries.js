// The last webhooks, newest first, with what the app answered.

import { $, ask, make } from "./asking.js";

const RESOURCE = { record: "запись", client: "клиент", service: "услуга", staff: "мастер", company: "салон", salon: "салон", schedule: "график" };
const STATUS = { create: "новое", update: "изменение", delete: "удаление" };
const LAST = 60;

/** Draw them again if anything has come; those that are open stay so. */
export async function follow() {
  const found = (await ask(`/deliveries?last=${LAST}`)).deliveries.reverse();
  const list = $("deliveries"), text = JSON.stringify(found.map((each) => [each.number, each.state, each.attempts.length]));
  if (list.dataset.drawn === text) return;
  list.dataset.drawn = text;
  const open = new Set([...list.querySelectorAll("details[open]")].map((each) => each.dataset.number));
  list.replaceChildren(...found.map((each) => delivery(each, open)));
  if (!found.length) list.append(make("p", { className: "none" }, "Пока ничего: измените запись, когда приложение подключено."));
}

function delivery(each, open) {
  const { body, attempts, number } = each, last = attempts.at(-1);
  const name = each.kind === "lifecycle" ? `приложение: ${body.event}` : `${RESOURCE[body.resource] ?? body.resource}: ${STATUS[body.status] ?? body.status}`;
  const came = last ? `${last.status ?? last.error} · ${Math.round(last.seconds * 1000)} мс` : "";
  const text = JSON.stringify({ url: each.url, attempts, body }, null, 1).replaceAll(/("partner_token": )"[^"]*"/g, '$1"…"');
  const element = make("details", { className: each.state, open: open.has(String(number)) },
    make("summary", {}, make("i"), make("time", {}, last ? new Date(last.at).toLocaleTimeString("ru") : ""), name, make("small", {}, came)), make("pre", {}, text));
  element.dataset.number = number;
  return element;
}
