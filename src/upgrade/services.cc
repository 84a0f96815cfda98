// SPDX-License-Identifier: Apache-2.0
// Services, inside and outside of the mesh, and who vouches for them.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "skyden/base/crypto.h"
#include "skyden/model/kuma_labels.h"
#include "upgrade/turn.h"

namespace skyden::upgrade {
namespace {

constexpr std::string_view kManagedByLabel = "kuma.io/managed-by";

void TurnSelector(Turn& turn) {
  Json* selector = Find(turn.spec, "selector");
  if (selector == nullptr || !HasSome(*selector, "dataplaneTags")) return;
  // What a zone makes of its proxies it makes anew when it is one of Kuma 3.
  if (turn.is_of_zone() && turn.resource.labels.contains(kManagedByLabel)) return;
  const model::Labels tags = PairsOf(*selector, "dataplaneTags");
  const bool can_be_said = turn.facts.SaySame(tags, tags);
  turn.TellWith(can_be_said ? Remedy::kUpgrade : Remedy::kPerson, "service-tags",
                "spec.selector.dataplaneTags", {});
  if (!can_be_said) return;
  Json labels = Json::object();
  for (const auto& [key, value] : tags) labels[key] = value;
  selector->erase("dataplaneTags");
  (*selector)["dataplaneLabels"] = Json::object({{"matchLabels", std::move(labels)}});
}

void TurnIdentities(Turn& turn) {
  Json* identities = Find(turn.spec, "identities");
  if (identities == nullptr || !identities->is_array()) return;
  const auto is_gone = [](Json& identity) { return TextOf(identity, "type") == "ServiceTag"; };
  if (!std::any_of(identities->begin(), identities->end(), is_gone)) return;
  if (turn.is_of_zone() && turn.resource.labels.contains(kManagedByLabel)) return;
  turn.Tell("service-identities", "spec.identities");
  Json rest = Json::array();
  for (Json& identity : *identities) {
    if (!is_gone(identity)) rest.push_back(identity);
  }
  *identities = std::move(rest);
  if (identities->empty()) turn.spec.erase("identities");
}

// `source`: a certificate or key in the older form. The newer one says what it is.
void TurnSource(Turn& turn, Json& source, std::string field) {
  if (HasSome(source, "type")) {
    const std::string type = TextOf(source, "type");
    if (type == "Secret" || type == "InsecureInline") return;
    return turn.TellWith(Remedy::kPerson, "external-tls", std::move(field), type + " is refused");
  }
  std::string value = TextOf(source, "inlineString");
  if (value.empty() && HasSome(source, "inline")) {
    const auto decoded = base::Base64Decode(TextOf(source, "inline"));
    if (!decoded.ok())
      return turn.TellWith(Remedy::kPerson, "external-tls", std::move(field),
                           "inline is no base64");
    value = *decoded;
  }
  const std::string secret = TextOf(source, "secret");
  if (value.empty() && secret.empty()) return;
  turn.Tell("external-tls", std::move(field));
  if (secret.empty()) {
    source = Json::object(
        {{"type", "InsecureInline"}, {"insecureInline", Json::object({{"value", value}})}});
  } else {
    source = Json::object(
        {{"type", "Secret"}, {"secretRef", Json::object({{"kind", "Secret"}, {"name", secret}})}});
  }
}

void TurnExternalService(Turn& turn) {
  if (Json* verification = FindBelow(turn.spec, "tls.verification")) {
    for (const char* name : {"caCert", "clientCert", "clientKey"}) {
      Json* source = Find(*verification, name);
      if (source != nullptr) {
        TurnSource(turn, *source, fmt::format("spec.tls.verification.{}", name));
      }
    }
  }
  if (!turn.is_of_zone() && turn.labels.contains(model::kZoneLabel)) {
    turn.Tell("external-zone", "labels");
  }
  if (!turn.facts.has_identity() && !turn.facts.proxies().empty()) {
    turn.TellWith(Remedy::kPerson, "external-identity", "", "");
  }
}

}  // namespace

void TurnService(Turn& turn) {
  if (turn.type.name == "MeshExternalService") return TurnExternalService(turn);
  TurnSelector(turn);
  TurnIdentities(turn);
}

void TurnTrust(Turn& turn) {
  if (Find(turn.spec, "origin") == nullptr) return;
  // A zone's own is read without it.
  if (turn.is_of_zone()) return;
  turn.Tell("trust-origin", "spec.origin");
  turn.spec.erase("origin");
}

}  // namespace skyden::upgrade
