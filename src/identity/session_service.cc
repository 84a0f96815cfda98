// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/session_service.h"

#include <algorithm>
#include <map>
#include <utility>

#include "identity/audit_detail.h"
#include "identity/managed.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/permissions.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/store.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using store::TokenRecord;
using Kind = TokenRecord::Kind;

constexpr size_t kForgottenAtOnce = 256;  // sessions that ended, by one transaction

absl::Time IdleEnd(const TokenRecord& session) {
  return session.last_used_at.value_or(session.created_at) + limits::kSessionIdle;
}

bool HoldsAt(const TokenRecord& session, absl::Time now) {
  return session.GoodAt(now) && now < IdleEnd(session);
}

Session Shown(TokenRecord record, store::AccountRecord account) {
  Session session;
  session.expires_at = record.expires_at.value_or(record.created_at + limits::kSessionLife);
  session.idle_expires_at = std::min(IdleEnd(record), session.expires_at);
  session.record = std::move(record);
  session.account = std::move(account);
  return session;
}

// The end of the token that was shown. PERMISSION_DENIED.
absl::StatusOr<absl::Time> EndOfToken(store::DirectoryReadTx& tx, const model::AccountId& account,
                                      const model::TokenId& token, absl::Time now) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<TokenRecord> tokens, tx.ListTokens(account));
  for (const TokenRecord& one : tokens) {
    if (one.id == token && one.GoodAt(now)) return one.expires_at.value_or(absl::InfiniteFuture());
  }
  return RoleMayNot();
}

// Ended ones first, then the oldest.
absl::Status MakeRoom(store::DirectoryTx& tx, const model::AccountId& account, absl::Time now) {
  SKYDEN_ASSIGN_OR_RETURN(std::vector<TokenRecord> sessions, tx.ListSessions(account));
  std::stable_partition(sessions.begin(), sessions.end(),
                        [now](const TokenRecord& one) { return !HoldsAt(one, now); });
  size_t left = sessions.size();
  for (const TokenRecord& one : sessions) {
    const bool holds = HoldsAt(one, now);
    if (holds && left < limits::kSessionsPerAccount) break;
    if (holds) tx.Audit(SessionNoteOf(now, "session.end", one));
    SKYDEN_RETURN_IF_ERROR(tx.DeleteToken(one.id));
    --left;
  }
  return absl::OkStatus();
}

class SessionServiceImpl final : public SessionService {
 public:
  explicit SessionServiceImpl(Deps deps) : deps_(deps) {}

  absl::StatusOr<BegunSession> Begin(const model::OrganizationScope& scope,
                                     const BeginSession& request) override {
    base::AssertMayBlock();
    const absl::Time now = deps_.clock.Now();
    NewToken fresh = GenerateToken(TokenKind::kSession);
    TokenRecord record;
    record.id = fresh.id;
    record.kind = Kind::kSession;
    record.account = model::AccountId(scope.who().id);
    record.sha256 = fresh.sha256;
    record.created_at = record.updated_at = now;
    record.last_used_at = now;
    record.expires_at = now + limits::kSessionLife;
    record.parent = request.token.value_or(model::TokenId());
    record.provider_session = request.provider_session;
    record.groups = request.groups;
    store::AccountRecord account;
    const absl::Status begun =
        deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const auto found, tx.FindAccount(record.account));
          if (!found || !found->active) return RoleMayNot();
          account = *found;
          if (request.token) {
            SKYDEN_ASSIGN_OR_RETURN(const absl::Time end,
                                    EndOfToken(tx, record.account, *request.token, now));
            record.expires_at = std::min(now + limits::kSessionLife, end);
          }
          SKYDEN_RETURN_IF_ERROR(MakeRoom(tx, record.account, now));
          tx.Audit(SessionNoteOf(now, "session.begin", record));
          return tx.InsertToken(record);
        });
    SKYDEN_RETURN_IF_ERROR(begun);
    return BegunSession{Shown(std::move(record), std::move(account)), std::move(fresh.text)};
  }

  absl::StatusOr<std::vector<Session>> List(const model::OrganizationScope& scope,
                                            Whose whose) override {
    if (whose == Whose::kOrganization) SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    return Read(scope, whose);
  }

  absl::StatusOr<Session> Get(const model::OrganizationScope& scope,
                              const model::TokenId& id) override {
    SKYDEN_ASSIGN_OR_RETURN(std::vector<Session> sessions, Read(scope, Whose::kOwn));
    for (Session& session : sessions) {
      if (session.record.id == id) return std::move(session);
    }
    return SessionNotFound();
  }

  absl::Status End(const model::OrganizationScope& scope, const model::TokenId& id) override {
    base::AssertMayBlock();
    const absl::Time now = deps_.clock.Now();
    return deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
      std::optional<model::AccountId> of = model::AccountId(scope.who().id);
      if (CheckAdministrates(scope).ok()) of = std::nullopt;
      SKYDEN_ASSIGN_OR_RETURN(const std::vector<TokenRecord> sessions, tx.ListSessions(of));
      for (const TokenRecord& one : sessions) {
        if (one.id != id) continue;
        if (!IsSelf(scope, one.account)) {
          SKYDEN_RETURN_IF_ERROR(CheckNotAbove(tx, scope, one.account));
        }
        tx.Audit(SessionNoteOf(now, "session.end", one));
        return tx.DeleteToken(id);
      }
      return SessionNotFound();
    });
  }

  absl::StatusOr<size_t> EndOfProvider(model::OrganizationKey organization,
                                       const SignedOut& who) override {
    base::AssertMayBlock();
    const absl::Time now = deps_.clock.Now();
    size_t ended = 0;
    const absl::Status written = deps_.store.WriteDirectory(
        model::SystemScope::For("the identity provider signs somebody out").In(organization),
        [&](store::DirectoryTx& tx) -> absl::Status {
          ended = 0;
          if (who.subject.empty() && who.provider_session.empty()) return absl::OkStatus();
          std::optional<model::AccountId> of;
          if (!who.subject.empty()) {
            SKYDEN_ASSIGN_OR_RETURN(const auto account, tx.FindAccountBySubject(who.subject));
            if (!account) return absl::OkStatus();
            of = account->id;
          }
          SKYDEN_ASSIGN_OR_RETURN(const std::vector<TokenRecord> sessions, tx.ListSessions(of));
          for (const TokenRecord& one : sessions) {
            const bool meant = one.parent.empty() && (who.provider_session.empty() ||
                                                      one.provider_session == who.provider_session);
            if (!meant) continue;
            tx.Audit(SessionNoteOf(now, "session.end", one));
            SKYDEN_RETURN_IF_ERROR(tx.DeleteToken(one.id));
            ++ended;
          }
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(written);
    return ended;
  }

  absl::StatusOr<size_t> ForgetEnded(model::OrganizationKey organization) override {
    base::AssertMayBlock();
    const auto scope = model::SystemScope::For("housekeeping").In(organization);
    // An hour is more than their last uses are written down late.
    const absl::Time ended_by = deps_.clock.Now() - limits::kSessionIdle;
    std::vector<model::TokenId> ended;
    SKYDEN_RETURN_IF_ERROR(
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          ended.clear();
          SKYDEN_ASSIGN_OR_RETURN(const auto sessions, tx.ListSessions(std::nullopt));
          for (const TokenRecord& one : sessions) {
            if (!HoldsAt(one, ended_by)) ended.push_back(one.id);
          }
          return absl::OkStatus();
        }));
    for (size_t at = 0; at < ended.size(); at += kForgottenAtOnce) {
      const size_t end = std::min(ended.size(), at + kForgottenAtOnce);
      SKYDEN_RETURN_IF_ERROR(
          deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
            for (size_t i = at; i < end; ++i) {
              // Its person may have signed in again meanwhile, or out.
              const absl::Status deleted = tx.DeleteToken(ended[i]);
              if (!deleted.ok() && !absl::IsNotFound(deleted)) return deleted;
            }
            return absl::OkStatus();
          }));
    }
    return ended.size();
  }

 private:
  absl::StatusOr<std::vector<Session>> Read(const model::OrganizationScope& scope, Whose whose) {
    base::AssertMayBlock();
    const absl::Time now = deps_.clock.Now();
    std::vector<Session> shown;
    const absl::Status read =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          std::optional<model::AccountId> of;
          if (whose == Whose::kOwn) of = model::AccountId(scope.who().id);
          SKYDEN_ASSIGN_OR_RETURN(std::vector<TokenRecord> sessions, tx.ListSessions(of));
          std::map<model::AccountId, store::AccountRecord> accounts;
          for (TokenRecord& one : sessions) {
            if (!HoldsAt(one, now)) continue;
            auto known = accounts.find(one.account);
            if (known == accounts.end()) {
              SKYDEN_ASSIGN_OR_RETURN(const auto account, tx.FindAccount(one.account));
              if (!account) continue;
              known = accounts.emplace(one.account, *account).first;
            }
            shown.push_back(Shown(std::move(one), known->second));
          }
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(read);
    return shown;
  }

  const Deps deps_;
};

}  // namespace

std::unique_ptr<SessionService> SessionService::Create(Deps deps) {
  return std::make_unique<SessionServiceImpl>(deps);
}

}  // namespace skyden::identity
