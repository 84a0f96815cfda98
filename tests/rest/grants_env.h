// SPDX-License-Identifier: Apache-2.0
// A control plane with meshes m0 to m3, some policies in each, and tokens of narrowed roles.
#pragma once

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "skyden/model/narrowing.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {

inline std::string PolicyBody(const std::string& type, const std::string& mesh,
                              const std::string& name) {
  const std::string conf = type == "MeshTimeout" ? R"({"connectionTimeout":"5s"})"
                                                 : R"({"tcp":{"maxConnectAttempt":3}})";
  return fmt::format(
      R"({{"type":"{}","mesh":"{}","name":"{}","spec":{{"targetRef":{{"kind":"Mesh"}},)"
      R"("to":[{{"targetRef":{{"kind":"Mesh"}},"default":{}}}]}}}})",
      type, mesh, name, conf);
}

struct GrantsEnv : RestEnv {
  GrantsEnv() {
    for (int i = 0; i < 4; ++i) {
      const std::string mesh = fmt::format("m{}", i);
      const int status =
          Put(api + "/meshes/" + mesh, fmt::format(R"({{"type":"Mesh","name":"{}"}})", mesh))
              .status;
      REQUIRE(status == 201);
      for (int n = 0; n < 3 + i; ++n) {
        REQUIRE(PutPolicy("MeshTimeout", mesh, fmt::format("t{}", n)));
        REQUIRE(PutPolicy("MeshRetry", mesh, fmt::format("t{}", n)));
      }
    }
  }

  bool PutPolicy(const std::string& type, const std::string& mesh, const std::string& name) {
    const std::string path = type == "MeshTimeout" ? "meshtimeouts" : "meshretries";
    return Put(fmt::format("{}/meshes/{}/{}/{}", api, mesh, path, name),
               PolicyBody(type, mesh, name))
               .status == 201;
  }
  std::string TokenOf(model::Role role, const model::Narrowing& narrowing) {
    return NewToken(role, control_plane, narrowing);
  }

  std::string control_plane = NewControlPlane("shop");
  std::string manager = "/v1/mesh/control-planes/" + control_plane;
  std::string api = ApiOf(control_plane);
};

}  // namespace skyden::rest
