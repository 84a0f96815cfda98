// SPDX-License-Identifier: Apache-2.0
/** Dialogs over the page, and the forms in them. The browser keeps the focus in a dialog and gives it back. */
import { html } from './html.js';
import { useLayoutEffect, useRef, useState } from './hooks.js';
import { Button, Failure } from './parts.js';
import { Problem } from './api.js';

/** @param {{title: string, onClose?: () => void, children?: any, wide?: boolean}} properties onClose absent: it stays */
export function Dialog({ title, onClose, children, wide = false }) {
  const element = useRef(/** @type {HTMLDialogElement|null} */ (null));
  // Before the effects of what is in it, which may choose what has the focus.
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    if (!dialog?.open) dialog?.showModal();
    return () => {
      dialog?.close();
      // A menu has closed meanwhile, and what was pressed in it with it.
      const back = before?.closest('details.menu')?.querySelector('summary') ?? before;
      if (back instanceof HTMLElement && back.isConnected) back.focus();
    };
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose?.();
  };
  return html`<dialog ref=${element} class=${wide ? 'wide' : ''} aria-label=${title} onCancel=${cancel}>
    <header><h2>${title}</h2>
      ${onClose && html`<button type="button" class="plain" aria-label="Close" onClick=${onClose}>Close</button>`}
    </header>
    ${children}
  </dialog>`;
}

/**
 * Asks before something is done that hurts; for what hurts most, the name has to be typed.
 * @param {{title: string, verb: string, name?: string, onClose: () => void, onDo: () => Promise<unknown>, children?: any}} properties
 */
export function Confirm({ title, verb, name, onClose, onDo, children }) {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
  const act = async () => {
    setProblem(null);
    try {
      await onDo();
      onClose();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  };
  return html`<${Dialog} title=${title} onClose=${onClose}>
    ${children}
    ${name !== undefined && html`<label class="field"><span>Type <strong>${name}</strong> to go on</span>
      <input autocomplete="off" spellcheck=${false} value=${typed}
        onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} /></label>`}
    ${problem && html`<${Failure} problem=${problem} />`}
    <footer>
      <button type="button" onClick=${onClose}>Cancel</button>
      <${Button} kind="danger" disabled=${name !== undefined && typed !== name} onPress=${act}>${verb}<//>
    </footer>
  <//>`;
}

/** @param {{name: string, title: string, hint?: any, type?: string, [attribute: string]: any}} properties */
export function Field({ name, title, hint, type = 'text', ...rest }) {
  return html`<label class="field">${title}<input name=${name} type=${type} autocomplete="off" spellcheck=${false} ...${rest} />
    ${hint && html`<span class="muted">${hint}</span>`}</label>`;
}

/**
 * @param {{verb: string, onDo: (fields: Record<string, string>) => Promise<unknown>, onClose: () => void,
 *   confirm?: string, children?: any}} properties confirm: a name that has to be typed
 */
export function Form({ verb, onDo, onClose, confirm, children }) {
  const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState('');
  const submit = async (/** @type {any} */ event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await onDo(/** @type {any} */ (Object.fromEntries(new FormData(event.target))));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return html`<form onSubmit=${submit}>${children}
    ${confirm !== undefined && html`<label class="field"><span>Type <strong>${confirm}</strong> to go on</span>
      <input autocomplete="off" spellcheck=${false} value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} /></label>`}
    ${problem && html`<${Failure} problem=${problem} />`}
    <footer><button type="button" onClick=${onClose}>Cancel</button>
      <button class="primary" aria-busy=${busy} disabled=${confirm !== undefined && typed !== confirm}>${verb}</button></footer>
  </form>`;
}
