// What the page asks of the fake YClients, and small things that its parts share.

export const $ = (id) => document.getElementById(id);
export const minutes = (clock) => clock.split(":").reduce((hours, rest) => Number(hours) * 60 + Number(rest));
export const clock = (total) => `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
export const salon = () => Number($("salon").value);

/** The answer of the control API; throws an Error with what it says when it refuses. */
export async function ask(path, body) {
  const answer = await fetch(`/_fake${path}`, body && { method: "POST", body: JSON.stringify(body) });
  const text = await answer.text();
  const found = text.startsWith("{") ? JSON.parse(text) : {};
  if (!answer.ok) throw new Error(found.meta?.message || text);
  return found;
}

export function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
