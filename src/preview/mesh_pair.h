// SPDX-License-Identifier: Apache-2.0
// One mesh before and after a change, as zones of each version of Kuma are told it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "skyden/matching/difference.h"
#include "skyden/matching/mesh_model.h"
#include "skyden/preview/effects.h"
#include "skyden/resources/foresight.h"
#include "skyden/resources/generations.h"
#include "skyden/resources/zone_forms.h"

namespace skyden::preview {

using MeshModelPtr = std::shared_ptr<const matching::MeshModel>;

// Thread-compatible. `deps` and `foresight` must outlive it.
class MeshPair {
 public:
  struct Models {
    MeshModelPtr before, after;                             // null: there is no such mesh
    std::optional<matching::ModelDifference> difference{};  // where there are both
  };

  MeshPair(const EffectDeps& deps, const resources::Foresight& foresight, std::string mesh_name)
      : deps_(deps), foresight_(foresight), mesh_name_(std::move(mesh_name)) {}

  const std::string& mesh_name() const { return mesh_name_; }
  // Made when it is first asked for. INVALID_ARGUMENT when the mesh does not decode.
  absl::StatusOr<const Models*> Of(resources::Generation generation);

 private:
  absl::StatusOr<MeshModelPtr> Build(const resources::Foresight::Views& views,
                                     resources::Generation version,
                                     resources::Generation generation,
                                     const matching::MeshModel* before);

  const EffectDeps& deps_;
  const resources::Foresight& foresight_;
  const std::string mesh_name_;
  std::map<resources::Generation, resources::FormMemo> memos_;
  std::map<resources::Generation, Models> models_;
};

}  // namespace skyden::preview
