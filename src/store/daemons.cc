// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/daemons.h"

#include <nlohmann/json.hpp>

#include "skyden/store/store.h"

namespace skyden::store {
namespace {

using nlohmann::json;

constexpr char kInstance[] = "instance";
constexpr char kVersion[] = "version";

}  // namespace

std::string AboutText(const DaemonAbout& about) {
  return json{{kInstance, about.instance}, {kVersion, about.version}}.dump(
      -1, ' ', false, json::error_handler_t::replace);
}

DaemonAbout ParseAbout(std::string_view text) {
  const json in = json::parse(text, nullptr, false);
  if (!in.is_object()) return {};
  const auto read = [&in](const char* key) {
    const auto found = in.find(key);
    return found != in.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  return {read(kInstance), read(kVersion)};
}

Daemons* DaemonsOf(Store& store) { return dynamic_cast<Daemons*>(&store); }

bool Leads(Store& store) {
  Daemons* const daemons = DaemonsOf(store);
  return daemons == nullptr || daemons->Leads();
}

}  // namespace skyden::store
