// SPDX-License-Identifier: Apache-2.0
/** Connects a zone: its name, how it is told to dial, and whether it comes. And a second token for one that is there. */
import { html } from './html.js';
import { useEffect, useRef, useState } from './hooks.js';
import { Problem, get, managerPath, send, write } from './api.js';
import { useEvents } from './events.js';
import { controlPlanePath, zonePath } from './routes.js';
import { Dialog, Field, Form } from './dialog.js';
import { Button, Copy, Failure, Sign } from './parts.js';
import { announce, done } from './announce.js';
import { save } from './csv.js';
import { span } from './words.js';

const ways = [
  { key: 'universal', title: 'Universal', file: 'zone.sh', about: 'A process on a machine: variables for kuma-cp run.' },
  { key: 'kubectl', title: 'kubectl', file: 'secret.yaml', about: 'The secret with the token, for a cluster.' },
  { key: 'helm', title: 'Helm', file: 'values.yaml', about: 'Values of the chart; they name the secret that kubectl makes.' },
];

/** What is wrong with a name, or nothing. @param {string} name */
export function fault(name) {
  if (name.length > 63) return 'At most 63 characters.';
  if (!/^[a-z0-9-]*$/.test(name)) return 'Lower-case letters, digits and - only.';
  if (name && !/^[a-z0-9].*$/.test(name)) return 'It begins with a letter or digit.';
  if (name && !/[a-z0-9]$/.test(name)) return 'It ends with a letter or digit.';
  return '';
}

/** @param {{id: string, onMade: (made: any) => void, onClose: () => void}} properties */
function Name({ id, onMade, onClose }) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
  const [busy, setBusy] = useState(false);
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  useEffect(() => field.current?.focus(), []);
  const wrong = fault(name);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy || wrong || !name) return;
    setBusy(true);
    setProblem(null);
    try {
      const made = await write('POST', `${managerPath(id)}/api/provision-zone?format=all`, { name });
      onMade({ ...made, name });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return html`<form onSubmit=${submit}>
    <label class="field">Name of the zone <input ref=${field} value=${name} autocomplete="off" spellcheck=${false} required maxlength="63"
      aria-invalid=${wrong ? 'true' : undefined} aria-describedby="zone-name-help"
      onInput=${(/** @type {any} */ event) => (setName(event.target.value), setProblem(null))} /></label>
    <p id="zone-name-help" class=${wrong ? 'bad' : 'muted'} aria-live="polite">${wrong || 'As the zone calls itself (KUMA_MULTIZONE_ZONE_NAME).'}</p>
    ${problem && html`<${Failure} problem=${problem} />`}
    <footer><button type="button" onClick=${onClose}>Cancel</button>
      <button class="primary" aria-busy=${busy} disabled=${Boolean(wrong) || !name}>Make the zone</button></footer>
  </form>`;
}

/** @param {{made: any}} properties */
function Way({ made }) {
  const [chosen, setChosen] = useState(ways[0]);
  const text = made.setup[chosen.key];
  return html`<fieldset class="choice"><legend>How does it run?</legend>${ways.map((way) => html`<label key=${way.key} class="check">
      <input type="radio" name="way" value=${way.key} checked=${way === chosen} onChange=${() => setChosen(way)} /> ${way.title}</label>`)}</fieldset>
    <p class="muted">${chosen.about} <strong>The token in it is shown once.</strong></p>
    <pre tabindex="0" aria-label="Set-up">${text}</pre>
    <p><${Copy} text=${text} what="the set-up" /> <button type="button" class="small" onClick=${() => save(chosen.file, 'text/plain', text)}>Download</button></p>`;
}

/** Turns to what became of it when the stream says so. @param {{id: string, name: string}} properties */
function Waiting({ id, name }) {
  const began = useRef(Date.now());
  const [zone, setZone] = useState(/** @type {any} */ (null));
  useEvents((all) => {
    for (const { kind, data } of all) {
      if (kind !== 'zone' || data.control_plane?.id !== id || data.name !== name) continue;
      if (data.status === 'never' || data.operation === 'delete') continue;
      setZone({ ...data, took: Date.now() - began.current });
      announce(data.status === 'online' ? `${name} is online.` : `${name} is ${data.status}: ${data.reason ?? ''}`);
    }
  });
  if (!zone) return html`<p class="banner" role="status"><${Sign} kind="unknown" />Waiting for ${name} to connect.</p>`;
  if (zone.status === 'online' || zone.status === 'behind') {
    return html`<p class="banner good" role="status"><${Sign} kind="good" />Online after ${span(zone.took)}. <a href=${zonePath(id, name)}>Open ${name}</a></p>`;
  }
  return html`<div class="banner bad" role="status"><p><${Sign} kind="bad" />${zone.status}: ${zone.reason}</p>
    ${zone.advice && html`<p>What to do: ${zone.advice}</p>`}</div>`;
}

/** @param {{id: string, onClose: () => void}} properties */
export default function Connect({ id, onClose }) {
  const [made, setMade] = useState(/** @type {any} */ (null));
  return html`<${Dialog} title=${made ? `Connect ${made.name}` : 'Connect a zone'} onClose=${onClose} wide>
    <ol class="steps"><li aria-current=${made ? undefined : 'step'}>Name</li><li aria-current=${made ? 'step' : undefined}>Set-up</li><li>Connected</li></ol>
    ${made
      ? html`<${Way} made=${made} /><${Waiting} id=${id} name=${made.name} /><footer><button type="button" onClick=${onClose}>Done</button></footer>`
      : html`<${Name} id=${id} onMade=${setMade} onClose=${onClose} />`}
  <//>`;
}

/**
 * One more token: of those that can be listed and ended where the zone was provisioned, else one that its control plane signs.
 * @param {string} id @param {string} zone @param {number} days
 */
async function makeToken(id, zone, days) {
  try {
    return await write('POST', tokensPath(id, zone), { ttl_seconds: days * 86400 });
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
    const response = await send('POST', `${managerPath(id)}/api/tokens/zone`, { headers: { accept: '*/*' },
      body: { zone, scope: ['cp'], validFor: `${days * 24}h` } });
    return { token: (await response.text()).trim() };
  }
}
/** @param {string} id @param {string} zone */
const tokensPath = (id, zone) => `${managerPath(id)}/ops/zones/${encodeURIComponent(zone)}/tokens`;

/** What is left of the one before. @param {{id: string, zone: string, old?: string}} properties */
function OldToken({ id, zone, old }) {
  const [ended, setEnded] = useState(false);
  const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
  const revoke = async () => {
    setProblem(null);
    try {
      await write('DELETE', `${tokensPath(id, zone)}/${encodeURIComponent(old ?? '')}`);
      setEnded(true);
      done(`Revoked the old token of ${zone}.`, { href: `${controlPlanePath(id)}/changes`, link: 'Its entry' });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  };
  if (!old) return html`<p>What it used before stays good until it ends; to end it now, put its <code>jti</code> into the secret <code>zone-token-revocations</code>.</p>`;
  if (ended) return html`<p class="good"><${Sign} kind="good" />The old token lets nobody in any more.</p>`;
  return html`<p>What it used before, <code>${old}</code>, stays good until it is revoked. <${Button} kind="danger" onPress=${revoke}>Revoke the old token<//></p>
    ${problem && html`<${Failure} problem=${problem} />`}`;
}

/** @param {{id: string, zone: string, old?: string, onClose: () => void}} properties old: id of the token that it uses now */
export function Rotate({ id, zone, old, onClose }) {
  const [made, setMade] = useState(/** @type {any} */ (null));
  const [came, setCame] = useState(/** @type {any} */ (null));
  const before = useRef(old); // what the zone uses now is told anew when it comes
  const began = useRef(0);
  const look = async () => {
    const took = Date.now() - began.current;
    const { session } = await get(`${managerPath(id)}/ops/zones/${encodeURIComponent(zone)}`);
    if (session) setCame({ took, by: session.token?.id });
  };
  useEvents((all) => {
    const back = all.some(({ kind, data }) => kind === 'zone' && data.control_plane?.id === id && data.name === zone && data.status === 'online');
    if (made && back) look().catch(() => {});
  });
  const act = async (/** @type {Record<string, string>} */ fields) => {
    const token = await makeToken(id, zone, Number(fields.days));
    began.current = Date.now();
    setMade(token);
    done(`Made a token for ${zone}.`, { href: `${controlPlanePath(id)}/changes`, link: 'Its entry' });
  };
  const other = came && made.id && came.by !== made.id;
  return html`<${Dialog} title=${`A new token for ${zone}`} onClose=${onClose} wide>${made
    ? html`<p>It is shown once. Put it into the zone's global address in the place of the old one, and restart the zone.</p>
        <pre tabindex="0" aria-label="Token">${made.token}</pre><p><${Copy} text=${made.token} what="the token" /></p>
        ${came && !other ? html`<div class="banner good" role="status"><p><${Sign} kind="good" />${zone} came back after ${span(came.took)}.</p>
            <${OldToken} id=${id} zone=${zone} old=${before.current} /></div>`
          : html`<p class="banner ${other ? 'warning' : ''}" role="status"><${Sign} kind=${other ? 'warning' : 'unknown'} />${other ? `${zone} came, but with another token than this one.` : `Waiting for ${zone} to come back.`}</p>`}
        <footer><button type="button" onClick=${onClose}>Done</button></footer>`
    : html`<${Form} verb="Make the token" onDo=${act} onClose=${onClose}>
        <${Field} name="days" title="Good for, in days" type="number" min="1" max="365" value="365" required /><//>`}<//>`;
}
