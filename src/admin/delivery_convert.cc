// SPDX-License-Identifier: Apache-2.0
#include "admin/delivery_convert.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <vector>

#include "admin/convert.h"
#include "admin/errors.h"
#include "fmt/format.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/revision_text.h"

namespace skyden::admin {
namespace {

v1::Standing ToMessage(kds::Standing standing) {
  switch (standing) {
    case kds::Standing::kArrived:
      return v1::ARRIVED;
    case kds::Standing::kBehind:
      return v1::BEHIND;
    case kds::Standing::kRefused:
      return v1::REFUSED;
    case kds::Standing::kWithheld:
      return v1::WITHHELD;
    case kds::Standing::kOffline:
      return v1::OFFLINE;
    case kds::Standing::kNever:
      break;
  }
  return v1::NEVER;
}

v1::Propagation::Outcome ToMessage(kds::Propagation::Outcome outcome) {
  if (outcome == kds::Propagation::Outcome::kArrived) return v1::Propagation::ALL_ARRIVED;
  return outcome == kds::Propagation::Outcome::kWaiting ? v1::Propagation::WAITING
                                                        : v1::Propagation::SOME_REFUSED;
}

absl::StatusOr<model::Revision> ToRevision(const std::string& text, std::string_view epoch) {
  if (const auto place = model::ParseRevisionText(text)) {
    if (place->epoch == epoch) return place->revision;
    return absl::AbortedError(
        "the revision is of another life of this database, which was replaced since: ask without "
        "one for what there is now");
  }
  model::Revision revision = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, revision);
  if (error == std::errc() && stop == end) return revision;
  return BadField("revision", "must be \"<epoch>.<revision>\", or a number");
}

template <class T>
std::span<const T> FirstOf(const std::vector<T>& all) {
  return std::span(all).first(std::min(all.size(), base::limits::kPropagationTypes));
}

void FillStanding(const model::TypeRegistry& registry, const kds::ZoneStanding& zone,
                  v1::ZoneStanding* out) {
  out->set_name(zone.zone_name);
  out->set_standing(ToMessage(zone.standing));
  out->set_enabled(zone.is_enabled);
  out->set_counts(zone.counts);
  out->set_taken_until(zone.taken_until);
  if (zone.gone_since.has_value()) Fill(*zone.gone_since, out->mutable_gone_since());
  // Of what there may be very much the first few.
  for (const kds::OpenTypeOfZone& type : FirstOf(zone.types)) {
    v1::OpenType& one = *out->add_types();
    one.set_type(registry.at(type.type).name);
    one.set_stage(std::string(kds::StageName(type.stage)));
    one.set_taken_until(type.taken_until);
    if (type.behind_since.has_value()) Fill(*type.behind_since, one.mutable_behind_since());
  }
  for (const kds::RefusalOfZone& refused : FirstOf(zone.refused)) {
    v1::RefusedByZone& one = *out->add_refused();
    one.set_type(registry.at(refused.type).name);
    one.set_mesh(refused.key.mesh);
    one.set_name(refused.key.name);
    one.set_reason(refused.reason);
    Fill(refused.since, one.mutable_since());
    one.set_revision(refused.revision);
  }
}

}  // namespace

absl::StatusOr<kds::PropagationQuery> ToQuery(const v1::GetPropagationRequest& request,
                                              std::string_view epoch) {
  using Zones = kds::PropagationQuery::Zones;
  kds::PropagationQuery query;
  if (!request.revision().empty()) {
    SKYDEN_ASSIGN_OR_RETURN(query.revision, ToRevision(request.revision(), epoch));
  }
  query.zones = request.zones() == v1::GetPropagationRequest::ALL ? Zones::kAll : Zones::kConnected;
  if (request.zone_names().empty()) return query;
  query.zones = Zones::kNamed;
  query.names.assign(request.zone_names().begin(), request.zone_names().end());
  if (query.names.size() > size_t{base::limits::kPageSizeMax}) {
    return BadField("zone_names", fmt::format("at most {}", base::limits::kPageSizeMax));
  }
  return query;
}

absl::StatusOr<absl::Duration> ToWait(const v1::GetPropagationRequest& request) {
  const absl::Duration wait =
      absl::Seconds(request.wait().seconds()) + absl::Nanoseconds(request.wait().nanos());
  if (wait >= absl::ZeroDuration() && wait <= base::limits::kPropagationWait) return wait;
  return BadField("wait", fmt::format("must be at most {}",
                                      base::FormatGoDuration(base::limits::kPropagationWait)));
}

void Fill(const model::TypeRegistry& registry, std::string_view epoch,
          const kds::Propagation& propagation, v1::Propagation* out) {
  out->set_revision(model::RevisionText(epoch, propagation.revision));
  out->set_newest(model::RevisionText(epoch, propagation.newest));
  out->set_outcome(ToMessage(propagation.outcome));
  for (const kds::ZoneStanding& zone : propagation.zones)
    FillStanding(registry, zone, out->add_zones());
}

void Fill(const model::TypeRegistry& registry, std::string_view epoch,
          const kds::ZoneDelivery& delivery, v1::ZoneDelivery* out) {
  out->set_newest(model::RevisionText(epoch, delivery.newest));
  FillStanding(registry, delivery.standing, out->mutable_standing());
  if (const auto& session = delivery.connected; session.has_value()) {
    Fill(session->since, out->mutable_connected_since());
    out->set_peer(session->peer_ip);
    out->set_instance_id(session->instance_id);
    out->set_version(session->version);
  }
  for (const kds::TypeDelivery& type : delivery.types) {
    v1::TypeDelivery& one = *out->add_types();
    one.set_type(registry.at(type.type).name);
    one.set_newest(type.newest);
    one.set_sent(type.sent);
    one.set_taken(type.taken);
    if (type.stage.has_value()) one.set_stage(std::string(kds::StageName(*type.stage)));
    if (type.behind_since.has_value()) Fill(*type.behind_since, one.mutable_behind_since());
  }
  for (const kds::WithheldType& withheld : delivery.withheld) {
    v1::WithheldType& one = *out->add_withheld();
    one.set_type(registry.at(withheld.type).name);
    one.set_bytes(withheld.bytes);
    one.set_bytes_max(withheld.bytes_max);
    Fill(withheld.since, one.mutable_since());
  }
  for (const kds::ZoneConnect& connect : delivery.connects) {
    v1::ZoneConnect& one = *out->add_connects();
    Fill(connect.begin, one.mutable_begin());
    if (connect.end.has_value()) Fill(*connect.end, one.mutable_end());
    one.set_instance_id(connect.instance_id);
    one.set_version(connect.version);
  }
}

}  // namespace skyden::admin
