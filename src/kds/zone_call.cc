// SPDX-License-Identifier: Apache-2.0
#include "kds/zone_call.h"

#include <utility>

#include "skyden/base/gzip.h"
#include "skyden/base/limits.h"
#include "skyden/base/strings.h"
#include "skyden/identity/authenticator.h"

namespace skyden::kds {

ZoneCall::ZoneCall(Shell shell, std::shared_ptr<Core> core, std::shared_ptr<Connection> connection,
                   CallHeaders headers, std::optional<StreamKind> kind)
    : AuthenticatedCall(std::move(shell)),
      core_(std::move(core)),
      live_(core_->live_calls),
      connection_(std::move(connection)),
      headers_(std::move(headers)),
      kind_(kind) {}

Arrival ZoneCall::arrival() const {
  return {headers_.client_id, headers_.proxy_header, headers_.own_credential, kind_};
}

void ZoneCall::OnBegin() {
  if (ending()) return;
  if (connection_->broken().has_value()) return End(*connection_->broken());  // told already
  const auto zone = model::ParseZoneName(headers_.client_id);
  if (!zone.ok()) {
    return Refuse(absl::PermissionDeniedError(
        headers_.client_id.empty() ? "the client-id header, which names the zone, is missing"
                                   : "the client-id header is not a zone's name (a DNS label)"));
  }
  if (headers_.two_credentials) {
    return Refuse(absl::UnauthenticatedError("more than one authorization header was sent"));
  }
  if (!headers_.own_credential && core_->options.header_credentials_only) {
    return Refuse(absl::UnauthenticatedError(
        "no authorization header: zones sign in with one here (kds_header_credentials_only), not "
        "with a token in their globalAddress"));
  }
  if (const absl::Status fits = connection_->Admit(arrival()); !fits.ok()) return Refuse(fits);
  admitted_ = true;
  if (headers_.own_credential) return SignInByHeaders();
  if (BringsCredential()) return AwaitFirstMessage();
  connection_->Await(Self());
}

void ZoneCall::SignInByHeaders() {
  std::optional<identity::ShownCredential> shown;
  const auto identity =
      core_->Authenticate(std::exchange(headers_.authorization, {}),
                          std::exchange(headers_.control_plane, {}), headers_.client_id, shown);
  absl::Status status = identity.status();
  if (status.ok()) status = connection_->Meet(**identity);
  if (!status.ok()) return Refuse(status, shown.has_value() ? &*shown : nullptr);
  Settle(identity);
}

void ZoneCall::AwaitFirstMessage() {
  ReadAhead(1);
  PostAfter(base::limits::kKdsAuthenticationWait, [this] {
    if (authorized() || ending()) return;
    Refuse(absl::UnauthenticatedError("the zone did not say anything in time"));
  });
}

void ZoneCall::OnReadable() {
  if (authorized()) {
    OnZoneReadable();
  } else if (admitted_ && BringsCredential() && !headers_.own_credential) {
    OnCredential();
  }
}

void ZoneCall::SignIn(std::string_view control_plane, std::string_view token) {
  std::optional<identity::ShownCredential> shown;
  const auto identity = core_->Authenticate(token, control_plane, headers_.client_id, shown);
  if (const absl::Status fits = connection_->Settle(identity); !fits.ok()) {
    return Refuse(fits, shown.has_value() ? &*shown : nullptr);
  }
  settled_connection_ = true;
  Settle(identity);
}

void ZoneCall::Refuse(const absl::Status& why, const identity::ShownCredential* shown) {
  if (std::exchange(refused_, true)) return;
  std::optional<identity::ShownCredential> own;
  if (shown == nullptr && authorized()) {
    own = {identity_->scope.organization(), identity_->scope.tenant(),
           identity_->scope.control_plane()};
    shown = &*own;
  }
  core_->Reject(*connection_, headers_.client_id, why, shown);
  End(why);
}

void ZoneCall::Settle(const IdentityOr& identity) {
  if (ending() || authorized()) return;
  // The credential's stream reported it; the others only end with it.
  if (!identity.ok()) return End(identity.status());
  if ((*identity)->zone.str() != headers_.client_id) {
    return Refuse(absl::PermissionDeniedError(
        "the client-id header is not the zone that this connection belongs to"));
  }
  identity_ = *identity;
  OnAuthorized();
}

void ZoneCall::Review(const Verdict& verdict) {
  if (!authorized() || ending()) return;
  if (const absl::Status status = verdict(*identity_); !status.ok()) End(status);
}

void ZoneCall::Recheck() {
  Post([this] {
    if (!authorized() || ending()) return;
    const absl::Status valid = core_->deps.authenticator.CheckStillValid(identity());
    if (absl::IsUnauthenticated(valid)) End(valid);
  });
}

void ZoneCall::OnEnd() {
  if (admitted_) connection_->Leave(arrival());
  if (settled_connection_) connection_->Unsettle();
  if (authorized()) OnZoneEnd();
}

absl::StatusOr<std::string> BytesOf(Incoming message, size_t bytes_max) {
  if (message.compressed) return base::Gunzip(message.bytes, bytes_max);
  if (message.bytes.size() > bytes_max) {
    return absl::ResourceExhaustedError("the message is too large");
  }
  return std::move(message.bytes);
}

}  // namespace skyden::kds
