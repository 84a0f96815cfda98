// SPDX-License-Identifier: Apache-2.0
// What an assigned role may be narrowed to: parts of control planes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skyden::model {

// Which resources: those of these meshes and of these types. An empty list leaves out nothing.
struct Narrowing {
  std::vector<std::string> meshes;
  std::vector<std::string> types;  // by name: "MeshTimeout"

  bool empty() const { return meshes.empty() && types.empty(); }
  // Sorts both lists, each word once; what follows asks for that.
  void Sort();
  bool HasMesh(std::string_view mesh) const;
  bool HasType(std::string_view type) const;

  // As it is stored: "default,payments|MeshRetry,MeshTimeout"; "" when it is empty. No word may
  // hold a comma or a bar.
  std::string Text() const;
  // nullopt when Text() says nothing like it.
  static std::optional<Narrowing> Parse(std::string_view text);

  friend bool operator==(const Narrowing&, const Narrowing&) = default;
};

}  // namespace skyden::model
