// SPDX-License-Identifier: Apache-2.0
// A backup as one stream: a tar archive with manifest.json and skyden.db in it, in that order, so
// that others' tools can look into one. While it is being made there may be notes before and
// between, which such tools leave out (pax global headers).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/store/backup.h"

namespace skyden::store {

inline constexpr char kManifestName[] = "manifest.json";
inline constexpr char kDatabaseName[] = "skyden.db";

struct Manifest {
  std::string version;  // of the program
  std::string created;  // RFC 3339
  uint64_t bytes = 0;   // of the database
  std::string sha256;   // of it, in hex
  std::string seal;     // see DatabaseCopy
  std::string secrets_key;
  DatabaseContents contents;
};
std::string ManifestJson(const Manifest& manifest);
// INVALID_ARGUMENT when it is none, or of a later form.
absl::StatusOr<Manifest> ParseManifest(std::string_view json);

// The pieces of an archive, in this order; between the two comes the database.
std::string ArchiveNote(std::string_view note);
std::string ArchiveBegin(const std::string& manifest_json, uint64_t database_bytes);
std::string ArchiveEnd(uint64_t database_bytes);

// Reads an archive that comes in pieces of any size. Thread-compatible.
class ArchiveReader {
 public:
  // Errors of the callbacks end the reading.
  struct Callbacks {
    std::function<absl::Status(std::string_view)> on_note;
    std::function<absl::Status(const std::string& json)> on_manifest;
    std::function<absl::Status(std::string_view piece)> on_database;  // after the manifest
  };
  explicit ArchiveReader(Callbacks callbacks) : callbacks_(std::move(callbacks)) {}

  // DATA_LOSS when it is no backup, or what is in it was altered.
  absl::Status Add(std::string_view piece);
  // After the last piece. DATA_LOSS when the end is missing.
  absl::Status Finish() const;

 private:
  enum class In { kHead, kNote, kManifest, kDatabase, kPadding, kEnd };
  absl::Status OnHead();
  absl::Status OnContent(std::string_view piece);
  absl::Status EndContent();

  const Callbacks callbacks_;
  In in_ = In::kHead;
  std::string buffer_;
  uint64_t left_ = 0;
  size_t padding_ = 0;
  bool has_manifest_ = false;
  bool has_database_ = false;
};

}  // namespace skyden::store
