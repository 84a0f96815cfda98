// SPDX-License-Identifier: Apache-2.0
// A zone that was provisioned is an account of its control plane, found by name among those of the
// organization: who exchanges a token does it seldom. It is another account when it was deleted and
// provisioned again; what was given to the first still lets it in.
#include "skyden/identity/zone_tokens.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "identity/audit_detail.h"
#include "identity/errors.h"
#include "identity/managed.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/store.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using store::AccountRecord;
using store::TokenRecord;

absl::Status NotProvisioned() {
  return absl::NotFoundError("no zone of this name was provisioned in the control plane");
}

struct Found {
  store::ControlPlaneRecord control_plane;
  std::vector<model::AccountId> accounts;  // the newest last
};

absl::StatusOr<Found> Find(store::DirectoryReadTx& tx, const model::OrganizationScope& scope,
                           const ZoneTokens::Of& of) {
  SKYDEN_ASSIGN_OR_RETURN(auto record, tx.FindControlPlane(of.control_plane));
  if (!record || !scope.access().Knows(record->tenant)) return ControlPlaneNotFound();
  if (!scope.access().Changes(record->tenant)) return RoleMayNot();
  SKYDEN_ASSIGN_OR_RETURN(std::vector<AccountRecord> zones,
                          tx.ListAccounts(AccountRecord::Kind::kZone));
  Found found{*std::move(record), {}};
  for (AccountRecord& account : zones) {
    if (account.tenant == found.control_plane.tenant && account.zone == of.zone) {
      found.accounts.push_back(std::move(account.id));
    }
  }
  if (found.accounts.empty()) return NotProvisioned();
  return found;
}

absl::StatusOr<std::vector<TokenRecord>> GoodOf(store::DirectoryReadTx& tx, const Found& found,
                                                absl::Time now) {
  std::vector<TokenRecord> good;
  for (const model::AccountId& account : found.accounts) {
    SKYDEN_ASSIGN_OR_RETURN(const std::vector<TokenRecord> tokens, tx.ListTokens(account));
    std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(good),
                 [now](const TokenRecord& token) { return token.GoodAt(now); });
  }
  return good;
}

}  // namespace

absl::StatusOr<std::vector<TokenRecord>> ZoneTokens::List(const model::OrganizationScope& scope,
                                                          const Of& of) const {
  base::AssertMayBlock();
  std::vector<TokenRecord> tokens;
  const absl::Status read =
      deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const Found found, Find(tx, scope, of));
        SKYDEN_ASSIGN_OR_RETURN(tokens, GoodOf(tx, found, deps_.clock.Now()));
        return absl::OkStatus();
      });
  SKYDEN_RETURN_IF_ERROR(read);
  return tokens;
}

absl::StatusOr<IssuedToken> ZoneTokens::Issue(const model::OrganizationScope& scope, const Of& of,
                                              const CreateToken& request) const {
  base::AssertMayBlock();
  const absl::Time now = deps_.clock.Now();
  CreateToken named = request;
  if (named.name.empty()) named.name = of.zone.str();
  SKYDEN_RETURN_IF_ERROR(CheckToken(named, now));
  NewToken fresh = GenerateToken(TokenKind::kSystemAccount);
  IssuedToken issued;
  issued.record.id = fresh.id;
  issued.record.name = std::move(named.name);
  issued.record.sha256 = fresh.sha256;
  issued.record.created_at = issued.record.updated_at = now;
  issued.record.expires_at = named.expires_at;
  issued.text = std::move(fresh.text);
  const absl::Status written =
      deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const Found found, Find(tx, scope, of));
        SKYDEN_ASSIGN_OR_RETURN(const auto good, GoodOf(tx, found, now));
        if (good.size() >= limits::kTokensPerAccount) return TooMany("tokens of this zone");
        issued.record.account = found.accounts.back();
        tx.AuditAbout(found.control_plane, NoteOf(now, "token.create", issued.record));
        return tx.InsertToken(issued.record);
      });
  SKYDEN_RETURN_IF_ERROR(written);
  return issued;
}

absl::Status ZoneTokens::Revoke(const model::OrganizationScope& scope, const Of& of,
                                const model::TokenId& id) const {
  base::AssertMayBlock();
  const absl::Time now = deps_.clock.Now();
  return deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const Found found, Find(tx, scope, of));
    SKYDEN_ASSIGN_OR_RETURN(const auto good, GoodOf(tx, found, now));
    const auto token = std::find_if(good.begin(), good.end(),
                                    [&](const TokenRecord& one) { return one.id == id; });
    if (token == good.end()) return TokenNotFound();
    tx.AuditAbout(found.control_plane, NoteOf(now, "token.revoke", *token));
    return tx.RevokeToken(id, now);
  });
}

}  // namespace skyden::identity
