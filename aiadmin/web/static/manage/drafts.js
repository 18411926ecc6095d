// What was typed and not saved: it survives a reload in this tab, and nobody leaves it by mistake.

const PREFIX = 'aiadmin:draft:';
const watched = new Set();

function inStorage(work) {
  try {
    return work(window.sessionStorage);
  } catch {
    return null; // a frame without storage: the browser asks before it leaves, and that is all
  }
}

window.addEventListener('beforeunload', (event) => {
  if ([...watched].some((one) => one.isDirty())) event.preventDefault();
});

/** Has the browser ask before it leaves while `isDirty()`. */
export const guardLeaving = (isDirty) => watched.add({ isDirty });

/**
 * Watches fields. `read()` gives their value as plain data, `write(value)` puts one back; `show(isDirty)` is told after
 * each change. What an earlier visit of this tab left unsaved is put back at once.
 */
export function watchDraft(name, root, { read, write, show }) {
  const key = PREFIX + name;
  let saved = JSON.stringify(read());
  const draft = {
    isDirty: () => JSON.stringify(read()) !== saved,
    /** What the fields hold now is what the server has. */
    settle() {
      saved = JSON.stringify(read());
      changed();
    },
    undo() {
      write(JSON.parse(saved));
      changed();
    },
  };

  function changed() {
    const now = JSON.stringify(read());
    inStorage((storage) => (now === saved ? storage.removeItem(key) : storage.setItem(key, now)));
    show(now !== saved);
  }

  const left = inStorage((storage) => storage.getItem(key));
  if (left && left !== saved) write(JSON.parse(left));
  root.addEventListener('input', changed);
  root.addEventListener('change', changed);
  watched.add(draft);
  changed();
  return draft;
}

/**
 * Keeps what is typed in one field about several things, each under `nameOf(thing)`: `open(thing)` shows what was typed
 * about it, `clear(thing)` forgets that.
 */
export function watchTyped(area, nameOf) {
  let about = null;
  const keyOf = (thing) => PREFIX + nameOf(thing);
  area.addEventListener('input', () => {
    if (about === null) return;
    const words = area.value;
    inStorage((storage) => (words ? storage.setItem(keyOf(about), words) : storage.removeItem(keyOf(about))));
  });
  guardLeaving(() => !inStorage(() => true) && area.value.trim() !== ''); // else it is there when one comes back
  return {
    open(thing) {
      about = thing;
      area.value = inStorage((storage) => storage.getItem(keyOf(thing))) ?? '';
    },
    clear(thing) {
      inStorage((storage) => storage.removeItem(keyOf(thing)));
      if (about === thing) area.value = '';
    },
  };
}
