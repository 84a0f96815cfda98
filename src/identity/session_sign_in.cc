// SPDX-License-Identifier: Apache-2.0
// A session is found and compared as a token is. When it was used last is known to
// limits::kLastUsedStep, so that is how much sooner than limits::kSessionIdle it may end.
#include <algorithm>
#include <utility>

#include "identity/authenticator_impl.h"
#include "identity/errors.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/tokens.h"

namespace skyden::identity {

absl::StatusOr<Caller> Authenticator::AuthenticateSession(std::string_view cookie,
                                                          model::Origin origin, Noting noting) {
  SKYDEN_RETURN_IF_ERROR(impl_->AwaitOthers());
  absl::StatusOr<Caller> caller = impl_->SignInSession(cookie, noting);
  if (absl::IsUnauthenticated(caller.status())) {
    return impl_->Refuse(caller.status(), cookie, std::move(origin));
  }
  if (caller.ok()) caller->origin = std::move(origin);
  return caller;
}

absl::StatusOr<Caller> Authenticator::Impl::SignInSession(std::string_view cookie, Noting noting) {
  const auto parsed = ParseToken(cookie);
  if (!parsed.ok() || parsed->kind != TokenKind::kSession) return NotASession();
  SKYDEN_ASSIGN_OR_RETURN(const auto known, Find(*parsed));
  SKYDEN_RETURN_IF_ERROR(CheckUsable(known->owner));
  SKYDEN_RETURN_IF_ERROR(CheckSession(*known));
  if (noting == Noting::kUse) NoteUse(*known);
  return known->caller;
}

absl::Status Authenticator::Impl::CheckSession(const KnownToken& session) const {
  const store::TokenRecord& token = session.owner.token;
  const absl::Time noted = absl::FromUnixNanos(session.noted_at.load(std::memory_order_relaxed));
  const absl::Time used = std::max(noted, token.created_at);
  if (clock.Now() - used >= base::limits::kSessionIdle) return SessionIdle();
  const bool holds = !token.parent.empty() ||
                     (people.verifier && people.verifier->IsOf(session.owner.account.subject));
  return holds ? absl::OkStatus() : SessionOfNoProvider();
}

}  // namespace skyden::identity
