// SPDX-License-Identifier: Apache-2.0
/** Who may do what on one control plane, and by which of their roles. */
import { html } from './html.js';
import { managerPath } from './api.js';
import { useLoad } from './load.js';
import { accountPath } from './routes.js';
import { nextNumber, numbered, usePages } from './pages.js';
import { Empty, Panel, Shown, Sign } from './parts.js';
import { Table } from './table.js';

/** The most that somebody may do comes first. @type {[string, string][]} */
const words = [
  ['manage', 'manages it'], ['write_secrets', 'changes secrets'], ['write', 'changes policies'],
  ['read_secrets', 'reads secrets'], ['read', 'reads'], ['connect', 'connects zones'],
];

/** @param {any} one */
const may = (one) => words.filter(([action]) => one.actions.some((/** @type {any} */ held) => held.action === action)).map(([, word]) => word).join(', ') || 'sees that it is there';

/** Each role that gives something, once. @param {any} one */
function by(one) {
  const roles = new Map();
  for (const action of one.actions) for (const role of action.by) roles.set(role.role_id, role);
  return [...roles.values()].map((role) => `${role.role} on ${role.on === '*' ? 'all' : 'this one'}`).join(', ');
}

const columns = [
  { key: 'name', title: 'Who', cell: (/** @type {any} */ one) => html`<a href=${accountPath(one.account.type === 'user' ? 'users' : 'system-accounts', one.account.id)}>${one.account.name}</a>` },
  { key: 'kind', title: 'What', cell: (/** @type {any} */ one) => (one.account.type === 'user' ? 'person' : 'system account') },
  { key: 'may', title: 'May', cell: (/** @type {any} */ one) => (one.active ? may(one) : html`<span class="status unknown">shut out</span>`) },
  { key: 'by', title: 'By', cell: by },
];

/** @param {{id: string}} properties */
export default function ControlPlaneAccess({ id }) {
  const ways = useLoad('/v3/sign-in').data;
  const { first, rows, readMore } = usePages(`${managerPath(id)}/ops/access?page%5Bsize%5D=100`, numbered, nextNumber);
  return html`<${Panel} title="Who may do what here"><${Shown} of=${first}>${(/** @type {any} */ data) => rows.length === 0
    ? html`<${Empty}><p>Nobody: <a href="/console/access">Access</a> gives roles.</p><//>`
    : html`<${Table} label="Who may do what here" columns=${columns} rows=${rows} total=${data.meta.page.total} onMore=${readMore}
        rowKey=${(/** @type {any} */ one) => one.account.id} />
      ${!data.complete && html`<p class="line"><${Sign} kind="warning" />There are more accounts than are looked at: some are missing.</p>`}`}<//>
    ${ways?.oidc.issuer && html`<p class="muted">Groups of ${ways.oidc.name || ways.oidc.issuer} may give people more, for as long as they are signed in.</p>`}
    <p class="muted">Zones connect with their own tokens, and may do nothing else.</p><//>`;
}
