// SPDX-License-Identifier: Apache-2.0
#include "kds/zone_call.h"

#include <utility>

#include "skyden/base/gzip.h"
#include "skyden/base/limits.h"
#include "skyden/base/strings.h"

namespace skyden::kds {

ZoneCall::ZoneCall(Shell shell, std::shared_ptr<Core> core, std::shared_ptr<Connection> connection,
                   CallHeaders headers)
    : Call(std::move(shell)),
      core_(std::move(core)),
      live_(core_->live_calls),
      connection_(std::move(connection)),
      headers_(std::move(headers)) {}

void ZoneCall::OnBegin() {
  if (ending()) return;
  const auto zone = model::ParseZoneName(headers_.client_id);
  if (!zone.ok()) {
    return Refuse(headers_.control_plane,
                  absl::PermissionDeniedError(
                      headers_.client_id.empty()
                          ? "the client-id header, which names the zone, is missing"
                          : "the client-id header is not a zone's name (a DNS label)"));
  }
  if (!headers_.authorization.empty()) {
    const auto identity =
        core_->Authenticate(headers_.authorization, headers_.control_plane, headers_.client_id);
    if (!identity.ok()) return Refuse(headers_.control_plane, identity.status());
    return Settle(identity);
  }
  if (BringsCredential()) {
    ReadAhead(1);
    PostAfter(base::limits::kKdsAuthenticationWait, [this] {
      if (authorized() || ending()) return;
      Refuse(headers_.control_plane,
             absl::UnauthenticatedError("the zone did not say anything in time"));
    });
    return;
  }
  connection_->Await(std::static_pointer_cast<ZoneCall>(shared_from_this()));
}

void ZoneCall::OnReadable() {
  if (authorized()) {
    OnZoneReadable();
  } else if (BringsCredential() && headers_.authorization.empty()) {
    OnCredential();
  }
}

void ZoneCall::SignIn(std::string_view control_plane, std::string_view token) {
  const auto identity = core_->Authenticate(token, control_plane, headers_.client_id);
  if (const absl::Status fits = connection_->Settle(identity); !fits.ok()) {
    return Refuse(control_plane, fits);
  }
  Settle(identity);
}

void ZoneCall::Refuse(std::string_view control_plane, const absl::Status& why) {
  if (std::exchange(refused_, true)) return;
  core_->Reject(headers_, control_plane, why);
  EndWith(why);
}

void ZoneCall::Settle(const IdentityOr& identity) {
  if (ending() || authorized()) return;
  // The credential's stream reported it; the others only end with it.
  if (!identity.ok()) return EndWith(identity.status());
  if (identity->zone.str() != headers_.client_id) {
    return Refuse(identity->scope.control_plane().str(),
                  absl::PermissionDeniedError(
                      "the client-id header is not the zone that this connection belongs to"));
  }
  identity_ = *identity;
  OnAuthorized();
}

void ZoneCall::Review(const Verdict& verdict) {
  if (!identity_.has_value() || ending()) return;
  if (const absl::Status status = verdict(*identity_); !status.ok()) EndWith(status);
}

void ZoneCall::Recheck() {
  Post([this] {
    if (!authorized() || ending()) return;
    const absl::Status valid = core_->deps.authenticator.CheckStillValid(identity());
    if (absl::IsUnauthenticated(valid)) EndWith(valid);
  });
}

void ZoneCall::EndWith(const absl::Status& why) { End(ToGrpc(why)); }

void ZoneCall::OnEnd() {
  if (authorized()) OnZoneEnd();
}

absl::StatusOr<std::string> BytesOf(const grpc::ByteBuffer& message) {
  grpc::Slice slice;
  // One slice is the rule: messages are small.
  if (!message.TrySingleSlice(&slice).ok() && !message.DumpToSingleSlice(&slice).ok()) {
    return absl::InvalidArgumentError("the message cannot be read");
  }
  const std::string_view bytes(reinterpret_cast<const char*>(slice.begin()), slice.size());
  if (base::LooksLikeGzip(bytes)) return base::Gunzip(bytes, base::limits::kKdsMessageBytes);
  if (bytes.size() > base::limits::kKdsMessageBytes) {
    return absl::ResourceExhaustedError("the message is too large");
  }
  return std::string(bytes);
}

grpc::ByteBuffer MessageOf(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return {&slice, 1};
}

grpc::Status ToGrpc(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

}  // namespace skyden::kds
