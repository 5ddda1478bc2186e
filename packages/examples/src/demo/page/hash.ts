/** The settings that a link keeps: `#name=value&…`. */
const fields = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));

export const kept = (name: string): string | null => fields().get(name);

/** Keeps a setting in the address, without a step of the history; an empty one is left out. */
export function keep(name: string, value: string): void {
  const all = fields();
  if (value) all.set(name, value);
  else all.delete(name);
  history.replaceState(null, '', `#${all}`);
}

/** Gives the inputs of a form what the link has of them, and keeps what is changed. */
export function keepForm(form: HTMLFormElement): void {
  const inputs = Array.from(form.querySelectorAll<HTMLInputElement>('input[name]'));
  for (const input of inputs) {
    const value = kept(input.name);
    if (value === null) continue;
    if (input.type === 'range' || input.type === 'number') input.value = value;
    else input.checked = value.split(' ').includes(input.value);
  }
  form.addEventListener('change', () => {
    const data = new FormData(form);
    for (const name of new Set(inputs.map((input) => input.name)))
      keep(name, data.getAll(name).join(' ') || 'none');
  });
}
