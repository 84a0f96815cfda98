// SPDX-License-Identifier: Apache-2.0
// Sessions of browsers: tokens that come as cookies.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/records.h"

namespace skyden::store {
class Store;
}

namespace skyden::identity {

struct Session {
  store::TokenRecord record;
  store::AccountRecord account;
  absl::Time expires_at;
  // When it ends unless it is used before, as far as its uses are written down: a minute late.
  absl::Time idle_expires_at;
};

struct BegunSession {
  Session session;
  std::string text;  // the cookie's; shown once
};

struct BeginSession {
  // The token that was shown, whose end is the session's; nullopt: the identity provider let the
  // person in, and
  std::optional<model::TokenId> token;
  std::string provider_session = {};  // calls it this, perhaps,
  std::vector<std::string> groups = {};
};

// Thread-safe; blocks (AssertMayBlock). Everybody has to do with their own sessions, and who
// administrates the organization with all of them; only an operator ends an operator's.
class SessionService {
 public:
  struct Deps {  // outlive it
    store::Store& store;
    const base::Clock& clock;
  };
  static std::unique_ptr<SessionService> Create(Deps deps);
  virtual ~SessionService() = default;

  // Of the scope's person. Lives for limits::kSessionLife, and no longer than the token. Where
  // there are limits::kSessionsPerAccount, the oldest goes. PERMISSION_DENIED when the token is
  // none of the person's, which a session is not, or ended meanwhile.
  virtual absl::StatusOr<BegunSession> Begin(const model::OrganizationScope& scope,
                                             const BeginSession& request) = 0;
  // Those that have not ended, ordered by creation.
  enum class Whose { kOwn, kOrganization };
  virtual absl::StatusOr<std::vector<Session>> List(const model::OrganizationScope& scope,
                                                    Whose whose) = 0;
  // Of the person's own. NOT_FOUND.
  virtual absl::StatusOr<Session> Get(const model::OrganizationScope& scope,
                                      const model::TokenId& id) = 0;
  // At once, for live streams too. NOT_FOUND.
  virtual absl::Status End(const model::OrganizationScope& scope, const model::TokenId& id) = 0;
  // The identity provider says that somebody signed out. Ends the sessions that it let begin, of
  // the person where one is named, of its own session where one is named; none where neither is.
  // Answers how many ended.
  struct SignedOut {
    std::string subject;  // OidcPerson::subject
    std::string provider_session;
  };
  virtual absl::StatusOr<size_t> EndOfProvider(model::OrganizationKey organization,
                                               const SignedOut& who) = 0;
  // Removes what is left of sessions that ended an hour ago or before, in small transactions.
  // Answers how many.
  virtual absl::StatusOr<size_t> ForgetEnded(model::OrganizationKey organization) = 0;
};

}  // namespace skyden::identity
