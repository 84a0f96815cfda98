// SPDX-License-Identifier: Apache-2.0
// SQLite's file begins with a header of fixed layout (its "Database File Format", 1.3), which holds
// both numbers that a migration sets.
#include "skyden/store/schema_version.h"

#include <array>
#include <fstream>
#include <string_view>

#include "fmt/format.h"
#include "store/sqlite/application_id.h"
#include "store/sqlite/migrations.h"

namespace skyden::store {
namespace {

constexpr std::string_view kFileMagic("SQLite format 3\0", 16);
constexpr size_t kUserVersion = 60;
constexpr size_t kApplicationId = 68;
constexpr size_t kHeaderBytes = 100;

int64_t BigEndian(const std::array<char, kHeaderBytes>& header, size_t at) {
  uint32_t number = 0;
  for (size_t i = at; i < at + 4; ++i) number = number << 8 | static_cast<uint8_t>(header[i]);
  return static_cast<int32_t>(number);
}

}  // namespace

absl::StatusOr<SchemaVersion> SqliteSchemaVersion(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return absl::NotFoundError(fmt::format("cannot read {}", file));
  std::array<char, kHeaderBytes> header{};
  in.read(header.data(), header.size());
  if (!in || std::string_view(header.data(), kFileMagic.size()) != kFileMagic ||
      BigEndian(header, kApplicationId) != sqlite::kApplicationId) {
    return absl::FailedPreconditionError(fmt::format("{} is not a database of this program", file));
  }
  return SchemaVersion{BigEndian(header, kUserVersion),
                       static_cast<int64_t>(sqlite::EmbeddedMigrations().size())};
}

}  // namespace skyden::store
