// SPDX-License-Identifier: Apache-2.0
// A control plane that changes while a preview says beforehand what inspection will say afterwards.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/preview/effects.h"
#include "skyden/resources/foresight.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest::testing {

// A proxy's configuration by part: raw JSON, compact. What is not there has no entry.
using Configuration = std::map<std::string, std::string>;
// By "Dataplane name" or "MeshGateway name".
using Configurations = std::map<std::string, Configuration>;
// What differs between two: part -> (before, after).
using Differences =
    std::map<std::string, std::map<std::string, std::pair<std::string, std::string>>>;

Differences Minus(const Configurations& after, const Configurations& before);

class PlayedControlPlane {
 public:
  PlayedControlPlane();

  // Documents (JSON objects) as ops/import takes them; fails the test unless all are taken.
  void Import(const std::vector<nlohmann::json>& documents);
  // The same, and true when it is taken.
  bool TryImport(const std::vector<nlohmann::json>& documents);
  // As a zone would have it synced: a ZoneInsight that tells the version.
  void StoreVersion(const std::string& zone, const std::string& version);

  // As inspection's endpoints answer, of every proxy and MeshGateway of the mesh.
  Configurations Inspect(const std::string& mesh);
  // As the preview says, with shortcuts as they are or broken.
  absl::StatusOr<preview::Effects> Effects(resources::ForeseenWrite write,
                                           const preview::Shortcuts& shortcuts = {});
  // What there is, by the rules of Kuma 2 and of 3.
  absl::StatusOr<preview::Effects> EffectsOfThree();
  static Differences Of(const preview::Effects& effects);
  static resources::ForeseenDocuments DocumentsOf(const std::vector<nlohmann::json>& documents);

  RestEnv env;
  std::string id;
  std::string api;  // the root of its Kuma API

 private:
  Configuration RulesOf(const std::string& path);
  // Every name in a list.
  std::vector<std::string> NamesOf(const std::string& path);
};

}  // namespace skyden::rest::testing
