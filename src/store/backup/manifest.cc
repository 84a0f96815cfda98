// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "fmt/format.h"
#include "skyden/store/backup_archive.h"

namespace skyden::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kManifestFormat = 1;

// A member of the wrong kind is as bad as none.
template <class Value>
bool Read(const Json& object, const char* name, Value& value) {
  if (!object.is_object()) return false;
  const auto found = object.find(name);
  if (found == object.end()) return false;
  if constexpr (std::is_same_v<Value, std::string>) {
    if (!found->is_string()) return false;
  } else {
    if (!found->is_number_unsigned()) return false;
  }
  value = found->template get<Value>();
  return true;
}

// Calls `read` for each element of a list; false when there is no list, or `read` says so.
template <class ReadOne>
bool ReadList(const Json& object, const char* name, ReadOne read) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array()) return false;
  for (const Json& one : *found) {
    if (!read(one)) return false;
  }
  return true;
}

}  // namespace

std::string ManifestJson(const Manifest& manifest) {
  Json tables = Json::array();
  for (const auto& table : manifest.contents.tables) {
    tables.push_back({{"name", table.name}, {"rows", table.rows}, {"sha256", table.sha256}});
  }
  Json audit = Json::array();
  for (const auto& end : manifest.contents.audit) {
    audit.push_back({{"organization", end.organization},
                     {"control_plane", end.control_plane},
                     {"sequence", end.sequence},
                     {"hash", end.hash}});
  }
  const Json json = {{"format", kManifestFormat},
                     {"version", manifest.version},
                     {"created", manifest.created},
                     {"database", manifest.contents.database},
                     {"epoch", manifest.contents.epoch},
                     {"schema", manifest.contents.schema},
                     {"bytes", manifest.bytes},
                     {"sha256", manifest.sha256},
                     {"secrets_key", manifest.secrets_key},
                     {"seal", manifest.seal},
                     {"tables", std::move(tables)},
                     {"audit", std::move(audit)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

absl::StatusOr<Manifest> ParseManifest(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  int format = 0;
  if (!Read(json, "format", format) || format < 1) {
    return absl::InvalidArgumentError("the manifest of the backup cannot be read");
  }
  if (format > kManifestFormat) {
    return absl::InvalidArgumentError(fmt::format(
        "the backup has form {}, and this program knows {}: restore it with the version that made "
        "it, or a later one",
        format, kManifestFormat));
  }
  Manifest manifest;
  DatabaseContents& contents = manifest.contents;
  const bool read =
      Read(json, "version", manifest.version) && Read(json, "created", manifest.created) &&
      Read(json, "database", contents.database) && Read(json, "epoch", contents.epoch) &&
      Read(json, "schema", contents.schema) && Read(json, "bytes", manifest.bytes) &&
      Read(json, "sha256", manifest.sha256) && Read(json, "secrets_key", manifest.secrets_key) &&
      Read(json, "seal", manifest.seal) &&
      ReadList(json, "tables",
               [&](const Json& one) {
                 auto& table = contents.tables.emplace_back();
                 return Read(one, "name", table.name) && Read(one, "rows", table.rows) &&
                        Read(one, "sha256", table.sha256);
               }) &&
      ReadList(json, "audit", [&](const Json& one) {
        auto& end = contents.audit.emplace_back();
        return Read(one, "organization", end.organization) &&
               Read(one, "control_plane", end.control_plane) &&
               Read(one, "sequence", end.sequence) && Read(one, "hash", end.hash);
      });
  if (!read) return absl::InvalidArgumentError("the manifest of the backup cannot be read");
  return manifest;
}

}  // namespace skyden::store
