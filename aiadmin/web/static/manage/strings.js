// The page's words: the server hands them over, from its catalogue.

export const strings = JSON.parse(document.querySelector('main').dataset.words);

/** `{name}` in a sentence becomes the fact of that name. */
export const format = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? '');
