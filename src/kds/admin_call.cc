// SPDX-License-Identifier: Apache-2.0
// How a stream ends decides what the zone does: these never end with CANCELLED, on which a zone
// gives them up silently.
#include "kds/admin_call.h"

#include <utility>

#include "kds/wire.h"
#include "skyden/base/clock.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/authenticator.h"

namespace skyden::kds {

absl::StatusOr<std::shared_ptr<ZoneSession>> JoinSession(
    Core& core, const Identity& identity, StreamKind kind,
    const std::shared_ptr<AuthenticatedCall>& call) {
  SKYDEN_ASSIGN_OR_RETURN(auto joined,
                          core.zones.Join(identity, kind, call, core.deps.clock.Now()));
  if (joined.replaced != nullptr) {
    joined.replaced->End(absl::UnavailableError("a newer connection of this zone took over"));
  }
  // Whoever revoked the credential since it was checked did not find this call; now it is found.
  if (const absl::Status valid = core.deps.authenticator.CheckStillValid(*identity); !valid.ok()) {
    core.zones.Leave(*joined.session, kind, call.get());
    return valid;
  }
  core.credentials->Watch(identity->expires_at);
  return joined.session;
}

void AdminCall::OnAuthorized() {
  auto session = JoinSession(core(), shared_identity(), kind_, Self());
  if (!session.ok()) return Refuse(session.status());
  session_ = *std::move(session);
  ReadAhead(2);
}

bool AdminCall::Ask(const std::string& message) {
  if (ending()) return false;
  ++core().messages_out;
  Send(std::string(message));
  return true;
}

void AdminCall::OnZoneReadable() {
  for (Incoming& message : Take()) {
    ++core().messages_in;
    // What does not decode answers nothing; whoever asked is told when the time is up. Others'
    // questions go on over the same stream.
    const auto bytes = BytesOf(std::move(message), base::limits::kKdsMessageBytes);
    if (!bytes.ok()) continue;
    const auto answer = ScanZoneAnswer(*bytes);
    if (answer.ok()) core().gateway->OnAnswer(this, *answer);
  }
  if (PeerIsDone()) End(absl::UnavailableError("the zone closed the stream"));
}

void AdminCall::OnZoneEnd() {
  core().gateway->OnStreamEnd(this);
  if (session_ != nullptr) core().zones.Leave(*session_, kind_, this);
}

void HealthCall::OnAuthorized() {
  const absl::Time now = clock().Now();
  const auto session = core().zones.Find(identity().scope.tenant(), identity().zone.str());
  if (identity().expires_at <= now) {
    return End(absl::UnauthenticatedError("the zone's credential has expired"));
  }
  if (session != nullptr && session->Heartbeat(now, core().options.resync)) {
    core().insights->Queue(session, InsightWriter::When::kAtLeisure);
  }
  const auto interval = core().options.health_check_interval;
  std::string duration;
  wire::AppendVarintField(duration, 1, static_cast<uint64_t>(absl::ToInt64Seconds(interval)));
  const int64_t nanos = absl::ToInt64Nanoseconds(interval % absl::Seconds(1));
  if (nanos != 0) wire::AppendVarintField(duration, 2, static_cast<uint64_t>(nanos));
  std::string response;
  wire::AppendBytes(response, 1, duration);
  ++core().messages_out;
  Send(std::move(response));
  EndAfterWrites(absl::OkStatus());
}

}  // namespace skyden::kds
