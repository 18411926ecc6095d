// The form: a new booking, or all that the desk may do with one.

import { $, ask, make, salon } from "./asking.js";

let day = null, edited = null, done = null;

/** Open it for a record, or for a new one with this master and time. */
export function edit(shown, record, staff, time) {
  [day, edited] = [shown, record];
  $("what").textContent = record ? record.client?.display_name ?? "Без клиента" : "Новая запись";
  $("attendance").hidden = $("delete").hidden = !record;
  $("person").hidden = Boolean(record);
  for (const button of $("attendance").children) button.setAttribute("aria-pressed", record?.attendance === Number(button.value));
  $("master").replaceChildren(...shown.masters.map((each) => make("option", { value: each.id }, each.name)));
  $("master").value = record?.staff_id ?? staff;
  offer(record?.service_ids[0]);
  $("date").value = shown.day;
  $("time").value = record?.from ?? time;
  $("comment").value = record?.comment ?? "";
  $("name").value = $("phone").value = $("problem").textContent = "";
  $("dialog").showModal();
}

/** `whenDone` is called after every change. */
export function prepare(whenDone) {
  done = whenDone;
  $("master").onchange = () => offer(Number($("service").value));
  $("close").onclick = () => $("dialog").close();
  $("delete").onclick = () => send({ deleted: true });
  $("dialog").querySelector("form").onsubmit = save;
  for (const button of $("attendance").children) button.onclick = () => send({ attendance: Number(button.value) });
}

function offer(chosen) {
  const able = day.masters.find((each) => each.id === Number($("master").value)).service_ids;
  const offered = day.services.filter((each) => able.includes(each.id) || (edited && each.id === edited.service_ids[0]));
  $("service").replaceChildren(...offered.map((each) => make("option", { value: each.id }, `${each.title}, ${each.minutes} мин`)));
  if (offered.some((each) => each.id === chosen)) $("service").value = chosen;
}

function save(event) {
  event.preventDefault();
  const service = day.services.find((each) => each.id === Number($("service").value));
  const fields = { staff_id: Number($("master").value), datetime: `${$("date").value} ${$("time").value}:00`, comment: $("comment").value };
  if (edited?.service_ids[0] !== service.id) Object.assign(fields, { services: [service.id], seance_length: service.minutes * 60 });
  if (!edited) fields.client = $("phone").value ? { name: $("name").value, phone: $("phone").value } : null;
  return send(fields);
}

async function send(fields) {
  try {
    await ask("/journal/record", { salon_id: salon(), ...(edited && { record_id: edited.id }), ...fields });
    $("dialog").close();
  } catch (error) {
    $("problem").textContent = error.message;
  }
  await done();
}
