// SPDX-License-Identifier: Apache-2.0
// Random meshes for previews, and changes of them, as documents of an import.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace skyden::rest::testing {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  size_t Roll(size_t sides) { return random_() % sides; }
  bool OneIn(size_t sides) { return Roll(sides) == 0; }
  template <class List>
  const auto& Pick(const List& list) {
    return list[Roll(std::size(list))];
  }

 private:
  std::mt19937 random_;
};

// A mesh with proxies of two zones, gateways, services, and policies of both times, some of which
// the control plane may refuse: then `documents` are refused, too.
struct RandomMesh {
  std::string name;
  std::vector<nlohmann::json> ground;    // always valid: mesh, proxies, services
  std::vector<nlohmann::json> policies;  // each may be refused
};
RandomMesh MakeMesh(Dice& dice, const std::string& name, size_t proxies);
// One to three documents: policies that come, change or go, of the mesh itself, its gateways,
// services and proxies as well. `there`: what the control plane took.
std::vector<nlohmann::json> MakeChange(Dice& dice, const std::string& mesh,
                                       const std::vector<nlohmann::json>& there);

}  // namespace skyden::rest::testing
