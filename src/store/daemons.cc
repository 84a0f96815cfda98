// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/daemons.h"

#include <nlohmann/json.hpp>

#include "skyden/store/store.h"

namespace skyden::store {
namespace {

using nlohmann::json;

constexpr char kInstance[] = "instance";
constexpr char kVersion[] = "version";
constexpr char kPeerAddress[] = "peer_address";
constexpr char kZones[] = "zones";

}  // namespace

std::string AboutText(const DaemonAbout& about) {
  return json{{kInstance, about.instance},
              {kVersion, about.version},
              {kPeerAddress, about.peer_address},
              {kZones, about.zones}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

DaemonAbout ParseAbout(std::string_view text) {
  const json in = json::parse(text, nullptr, false);
  if (!in.is_object()) return {};
  const auto read = [&in](const char* key) {
    const auto found = in.find(key);
    return found != in.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto zones = in.find(kZones);
  const bool counted = zones != in.end() && zones->is_number_unsigned();
  return {read(kInstance), read(kVersion), read(kPeerAddress),
          counted ? zones->get<uint64_t>() : 0};
}

Daemons* DaemonsOf(Store& store) { return dynamic_cast<Daemons*>(&store); }

bool Leads(Store& store) {
  Daemons* const daemons = DaemonsOf(store);
  return daemons == nullptr || daemons->Leads();
}

}  // namespace skyden::store
