// SPDX-License-Identifier: Apache-2.0
/** Who may come in, what they may do by what, and how it is taken back. */
import { html } from './html.js';
import { send, withQuery, write } from './api.js';
import { accountPath, controlPlanePath, go, query } from './routes.js';
import { Screen } from './screen.js';
import { Empty, Panel, Shown, Sign } from './parts.js';
import { Containing } from './facets.js';
import { Table } from './table.js';
import { Time } from './words.js';
import { nextNumber, numbered, usePages } from './pages.js';
import { useState } from './hooks.js';
import { session } from './session.js';
import { useLoad } from './load.js';
import { Confirm } from './dialog.js';
import { done } from './announce.js';

const made = { key: 'made', title: 'Made', cell: (/** @type {any} */ one) => html`<${Time} at=${one.created_at} />` };
const people = [
  { key: 'name', title: 'Name', cell: (/** @type {any} */ one) => html`<a href=${accountPath('users', one.id)}>${one.full_name || one.email}</a>` },
  { key: 'email', title: 'Address', cell: (/** @type {any} */ one) => one.email },
  { key: 'active', title: 'State', cell: (/** @type {any} */ one) => html`<span class="status ${one.active ? 'good' : 'unknown'}">${one.active ? 'active' : 'shut out'}</span>` },
  made,
];
const machines = [
  { key: 'name', title: 'Name', cell: (/** @type {any} */ one) => html`<a href=${accountPath('system-accounts', one.id)}>${one.name}</a>` },
  { key: 'about', title: 'About', cell: (/** @type {any} */ one) => one.description },
  made,
];

/** @param {{title: string, at: string, by: string, columns: any[], none: string}} properties */
function Accounts({ title, at, by, columns, none }) {
  const text = query.value.get('name') ?? '';
  const { first, rows, readMore } = usePages(withQuery(at, { 'page[size]': 100, [`filter[${by}][contains]`]: text }), numbered, nextNumber);
  return html`<${Panel} title=${title}><${Shown} of=${first}>${(/** @type {any} */ data) => rows.length === 0
    ? html`<${Empty}><p>${text ? 'None has such a name.' : none}</p><//>`
    : html`<${Table} label=${title} columns=${columns} rows=${rows} total=${data.meta.page.total} onMore=${readMore}
        rowKey=${(/** @type {any} */ one) => one.id} hrefOf=${(/** @type {any} */ one) => accountPath(at.split('/')[2], one.id)} />`}<//><//>`;
}

export default function Access() {
  return html`<${Screen} title="Access">
    <div class="filters" role="search" aria-label="Access"><${Containing} name="name" title="Name contains" /></div>
    <${Accounts} title="People" at="/v3/users" by="full_name" columns=${people} none="No people yet: skyden account create --user makes one." />
    <${Accounts} title="System accounts" at="/v3/system-accounts" by="name" columns=${machines} none="No system accounts yet: skyden account create ci makes one." />
  <//>`;
}

/** Where it is on record. @param {string} type @param {string} object */
const withRecord = (type, object) => ({ href: withQuery('/console/audit', { object_type: type, object }), link: 'On record' });

/** @typedef {{title: string, verb: string, about: string, name?: string, act: () => Promise<unknown>}} Question */

/** @param {{at: string, name: string, ask: (question: Question) => void, again: any}} properties */
function Roles({ at, name, ask, again }) {
  const roles = useLoad(`${at}/assigned-roles?page%5Bsize%5D=100`);
  again.roles = roles.reload;
  const take = (/** @type {any} */ role) => ask({
    title: `Take ${role.role_name} from ${name}`, verb: 'Take it back', about: 'It holds for the next call; live streams that stood on it end within a second.',
    act: async () => {
      await send('DELETE', `${at}/assigned-roles/${encodeURIComponent(role.id)}`);
      done(`Took ${role.role_name} from ${name}.`, withRecord('Role', role.id));
    } });
  return html`<${Panel} title="Roles"><${Shown} of=${roles} rows=${2}>${(/** @type {any} */ data) => data.data.length === 0
    ? html`<${Empty}><p>No roles: it may do nothing.</p><//>`
    : html`<ul class="plainlist">${data.data.map((/** @type {any} */ role) => html`<li key=${role.id}><strong>${role.role_name}</strong> on
        ${role.entity_id === '*' ? ' all control planes' : html` <a href=${controlPlanePath(role.entity_id)}>${role.entity_id}</a>`}
        <button type="button" class="small" aria-label=${`Take ${role.role_name} back`} onClick=${() => take(role)}>Take back</button></li>`)}</ul>`}<//><//>`;
}

/** @param {{at: string, name: string, ask: (question: Question) => void, again: any}} properties */
function Tokens({ at, name, ask, again }) {
  const tokens = useLoad(`${at}/access-tokens?page%5Bsize%5D=100`);
  again.tokens = tokens.reload;
  const revoke = (/** @type {any} */ token) => ask({
    title: `Revoke ${token.name}`, verb: 'Revoke', about: `The token of ${name} ends at once, and with it every session and live stream that stands on it.`,
    act: async () => {
      await write('PATCH', `${at}/access-tokens/${encodeURIComponent(token.id)}/revoke`);
      done(`Revoked ${token.name} of ${name}.`, withRecord('Token', token.id));
    } });
  const ended = (/** @type {any} */ token) => token.state === 'REVOKED' || token.state === 'EXPIRED';
  return html`<${Panel} title="Tokens"><${Shown} of=${tokens} rows=${2}>${(/** @type {any} */ data) => data.data.length === 0
    ? html`<${Empty}><p>No tokens.</p><//>`
    : html`<ul class="plainlist">${data.data.map((/** @type {any} */ token) => html`<li key=${token.id}><strong>${token.name}</strong>
        <span class="muted"> made <${Time} at=${token.created_at} />, ${token.last_used_at ? html`used <${Time} at=${token.last_used_at} />` : 'never used'},
          ${ended(token) ? ` ${token.state.toLowerCase()}` : token.expires_at ? html` ends <${Time} at=${token.expires_at} />` : ' without an end'}</span>
        ${!ended(token) && html`<button type="button" class="small" aria-label=${`Revoke ${token.name}`} onClick=${() => revoke(token)}>Revoke</button>`}</li>`)}</ul>`}<//><//>`;
}

/** Browsers that somebody has signed in with. @param {{account: string, name: string, ask: (question: Question) => void, again: any}} properties */
function Sessions({ account, name, ask, again }) {
  const sessions = useLoad('/v3/sessions?organization=true&page%5Bsize%5D=1000');
  again.sessions = sessions.reload;
  const end = (/** @type {any} */ one) => ask({
    title: `End a session of ${name}`, verb: 'End it', about: 'Its page ends within a second; the token that it began with stays good.',
    act: async () => {
      await send('DELETE', `/v3/sessions/${encodeURIComponent(one.id)}`);
      done(`Ended a session of ${name}.`, withRecord('Session', one.id));
    } });
  return html`<${Panel} title="Sessions"><${Shown} of=${sessions} rows=${2}>${(/** @type {any} */ data) => {
    const mine = data.data.filter((/** @type {any} */ one) => one.principal.id === account);
    if (mine.length === 0) return html`<${Empty}><p>No browser has signed in.</p><//>`;
    return html`<ul class="plainlist">${mine.map((/** @type {any} */ one) => html`<li key=${one.id}>Signed in <${Time} at=${one.created_at} />,
      ends <${Time} at=${one.expires_at} />${one.id === session.value?.id ? html` <strong>this one</strong>`
        : html`<button type="button" class="small" aria-label="End the session" onClick=${() => end(one)}>End</button>`}</li>`)}</ul>`;
  }}<//><//>`;
}

/** @param {{at: string, again: any}} properties */
function Effective({ at, again }) {
  const access = useLoad(`${at}/effective-access`);
  again.access = access.reload;
  const why = (/** @type {any} */ action) => `by ${action.by.map((/** @type {any} */ one) => `${one.role} on ${one.on === '*' ? 'all' : 'this one'}`).join(', ')}`;
  return html`<${Panel} title="What it may do"><${Shown} of=${access} rows=${2}>${(/** @type {any} */ data) => html`
    ${!data.active && html`<p class="banner"><${Sign} kind="unknown" />Shut out: it may do nothing now.</p>`}
    ${data.control_planes.length === 0 && html`<${Empty}><p>No control plane.</p><//>`}
    <ul class="plainlist">${data.control_planes.map((/** @type {any} */ one) => html`<li key=${one.id}><a href=${controlPlanePath(one.id)}>${one.name}</a>
      ${one.actions.map((/** @type {any} */ action) => html` <abbr key=${action.action} title=${why(action)}>${action.action.replaceAll('_', ' ')}</abbr>`)}</li>`)}</ul>`}<//><//>`;
}

/** @param {{kind: string, account: string}} properties */
export function Account({ kind, account }) {
  const at = `/v3/${kind === 'users' ? 'users' : 'system-accounts'}/${encodeURIComponent(account)}`;
  const one = useLoad(at);
  const [question, setQuestion] = useState(/** @type {Question|null} */ (null));
  const [again] = useState(/** @type {Record<string, () => void>} */ ({}));
  const name = one.data?.full_name || one.data?.name || one.data?.email || 'Account';
  const act = async () => {
    await question?.act();
    for (const reload of Object.values(again)) reload();
  };
  const remove = () => setQuestion({
    title: `Delete ${name}`, verb: 'Delete', name, about: 'The account, its roles and its tokens. Sessions and live streams that stand on them end.',
    act: async () => {
      await send('DELETE', at);
      done(`Deleted ${name}.`, withRecord('Account', account));
      go('/console/access');
    } });
  return html`<${Screen} title=${name} above=${html`<a href="/console/access">Access</a>`}
    aside=${one.data && html`<a class="button" href=${`/console/audit?actor=${encodeURIComponent(account)}`}>What it did</a>
      <button type="button" class="danger" onClick=${remove}>Delete</button>`}>
    <${Shown} of=${one}>${(/** @type {any} */ data) => html`<dl class="facts"><div><dt>Id</dt><dd><code>${account}</code></dd></div>
        ${data.email && html`<div><dt>Address</dt><dd>${data.email}</dd></div>`}
        ${data.description && html`<div><dt>About</dt><dd>${data.description}</dd></div>`}
        <div><dt>Made</dt><dd><${Time} at=${data.created_at} /></dd></div></dl>
      <${Roles} at=${at} name=${name} ask=${setQuestion} again=${again} />
      <${Tokens} at=${at} name=${name} ask=${setQuestion} again=${again} />
      <${Sessions} account=${account} name=${name} ask=${setQuestion} again=${again} />
      <${Effective} at=${at} again=${again} />`}<//>
    ${question && html`<${Confirm} title=${question.title} verb=${question.verb} name=${question.name} onClose=${() => setQuestion(null)} onDo=${act}>
      <p>${question.about}</p><//>`}
  <//>`;
}
