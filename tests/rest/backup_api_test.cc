// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <optional>

#include "skyden/store/backup_archive.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("a backup is a tar archive for an operator", "[rest]") {
  RestEnv env;
  env.NewControlPlane("demo");
  for (const char* rate : {"0", "x", "-1", "65537", "1.5"}) {
    CHECK(env.Post(std::string("/v3/backups?mib_per_second=") + rate, "").status == 400);
  }
  const Answer answer = env.Post("/v3/backups?mib_per_second=1000", "");
  if (answer.status != 200) {  // another engine has its own means
    CHECK_THAT(answer.body, Contains("pg_basebackup"));
    return;
  }
  CHECK(answer.content_type == "application/x-tar");
  std::optional<store::Manifest> manifest;
  size_t bytes = 0;
  store::ArchiveReader reader({.on_note = nullptr,
                               .on_manifest =
                                   [&](const std::string& json) {
                                     auto parsed = store::ParseManifest(json);
                                     if (parsed.ok()) manifest = *parsed;
                                     return parsed.status();
                                   },
                               .on_database =
                                   [&](std::string_view piece) {
                                     bytes += piece.size();
                                     return absl::OkStatus();
                                   }});
  REQUIRE(reader.Add(answer.body).ok());
  REQUIRE(reader.Finish().ok());
  REQUIRE(manifest.has_value());
  CHECK(bytes == manifest->bytes);
  CHECK(manifest->contents.tables.size() > 5);
  CHECK_FALSE(manifest->contents.audit.empty());
  // Once more: the first one gave its place back.
  CHECK(env.Post("/v3/backups", "").status == 200);
}

}  // namespace
}  // namespace skyden::rest
