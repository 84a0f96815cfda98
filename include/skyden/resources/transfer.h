// SPDX-License-Identifier: Apache-2.0
// Whole control planes in and out, in the form that `kumactl export --format universal` prints.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// ---------------------------------------------------------------- import

// One resource of a stream. A document that says `delete: true` beside type, mesh and name, and
// nothing else, is a resource to be deleted.
struct ImportItem {
  size_t document = 0;  // its number in the stream, from 1
  std::string body;     // JSON object
  size_t line = 0;      // of its document's first value in the stream, from 1
};

// The resources of a YAML (or JSON) stream; a document may be a list of them.
// INVALID_ARGUMENT that names document and line when it does not read, or is over a limit.
absl::StatusOr<std::vector<ImportItem>> ReadImport(std::string_view yaml);
// The same, where there may be none: one file of many.
absl::StatusOr<std::vector<ImportItem>> ReadImportFile(std::string_view yaml);

// The same of what a client sends, which may be gzip.
absl::StatusOr<std::vector<ImportItem>> ReadImportBody(std::string body);

enum class ImportMode {
  kApply,
  kDryRun,  // everything is checked in a transaction that is then given up
};

// Says who keeps a resource in a folder of documents: see DesiredState::owner.
inline constexpr std::string_view kOwnerLabel = "skyden/owner";

// For a stream that says what people want, and not what once was: a folder of documents. Times and
// status of the documents are not taken over, and what zones made is skipped.
struct DesiredState {
  // The value of kOwnerLabel that every document gets, whatever it says. Empty: the label is what
  // the document says, and where that says nothing it stays what it is.
  std::string owner;
  // Of a resource that another owner keeps.
  enum class Foreign { kRefused, kTakenOver } foreign = Foreign::kRefused;
  // Of the owner's resources that have no document. A mesh is deleted only when all that is in it
  // is the owner's, or came with the mesh.
  enum class Rest { kStays, kIsDeleted } rest = Rest::kStays;
  model::Labels rest_labels;  // that a resource must have for that
};

// Why its owner cannot be what it says, for people; empty when it can.
std::string WhyNotOwner(const DesiredState& state);

struct ImportRequest {
  std::string body;  // as ReadImportBody takes it
  ImportMode mode = ImportMode::kApply;
  std::optional<DesiredState> desired = {};  // nullopt: all as it was
  // As PutRequest's.
  std::optional<model::Revision> if_revision = std::nullopt;
};

struct ImportUpdate {
  model::Resource before, after;
};

// What became of one resource. Small: there may be very many.
struct ImportLine {
  enum class Outcome { kCreated, kUpdated, kUnchanged, kSkipped, kDeleted };
  size_t document = 0;  // 0: none, see DesiredState::rest
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
  Outcome outcome = Outcome::kCreated;
  std::string reason;                    // why it was skipped; what was deleted with it
  std::vector<std::string> warnings;     // deprecations
  std::unique_ptr<ImportUpdate> update;  // of one that is updated
};
std::string_view NameOf(ImportLine::Outcome outcome);  // "created"
struct ImportResult {
  std::vector<ImportLine> lines;  // in the order of the stream; what has no document is last
};

// An import that was taken. There may be very many lines, so they are put together by whoever wants
// them: not on the store's writer.
class ImportAnswer {
 public:
  ImportAnswer(absl::AnyInvocable<ImportResult()> lines, std::optional<model::Revision> revision)
      : lines_(std::move(lines)), revision_(revision) {}
  // Once. With it ends what the import holds.
  ImportResult Take() { return std::exchange(lines_, nullptr)(); }
  // Of the control plane, with the import; nullopt when it was only tried.
  std::optional<model::Revision> revision() const { return revision_; }

 private:
  absl::AnyInvocable<ImportResult()> lines_;
  std::optional<model::Revision> revision_;
};

// One value that an update changes. Values are JSON texts, cut when long and masked in secrets;
// empty: not there.
struct ImportChange {
  std::string path;  // "spec.to[0].default.idleTimeout", `labels["team"]`
  std::string before;
  std::string after;
};
// What differs between before and after an update; at most limits::kImportChanges.
std::vector<ImportChange> ChangesOf(const ResourceCodec& codec, const ImportLine& line);

// ---------------------------------------------------------------- export

enum class ExportProfile {
  kAll,                     // everything that is not computed
  kNoDataplanes,            // the same without Dataplanes
  kFederation,              // what a global needs to take over: no policies
  kFederationWithPolicies,  // and the policies
};
std::optional<ExportProfile> ExportProfileOf(std::string_view name);  // "federation-with-policies"

struct ExportRequest {
  ExportProfile profile = ExportProfile::kAll;
  enum class Secrets { kInclude, kLeaveOut } secrets = Secrets::kInclude;
  enum class Format { kYaml, kJson } format = Format::kYaml;  // JSON: one array
};

// Everything at one point in time, complete, in the order in which Kuma's client takes it: meshes,
// their secrets, the rest by type, users' signing keys last. Builtin authorities of meshes become
// provided ones, whose secrets come along. Blocks. PERMISSION_DENIED when it includes secrets and
// the caller may not read those; promised keys must have been made.
absl::StatusOr<std::string> Export(store::Store& store, const model::TypeRegistry& registry,
                                   const ResourceCodec& codec, const model::TenantScope& scope,
                                   const ExportRequest& request);

}  // namespace skyden::resources
