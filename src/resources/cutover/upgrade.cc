// SPDX-License-Identifier: Apache-2.0
// The way there is an import of documents by the rules of Kuma 3.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "resources/cutover/switch.h"
#include "resources/transfer/import.h"
#include "resources/write/defaults.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/resources/cutover.h"

namespace skyden::resources {
namespace {

// Whose documents they are the caller does not know: it asked for an upgrade. "document 3, Mesh
// demo: spec" becomes "Mesh demo: spec".
std::string WithoutDocument(const std::string& field) {
  const size_t comma = field.find(", ");
  return field.starts_with("document ") && comma != std::string::npos ? field.substr(comma + 2)
                                                                      : field;
}

absl::Status NotTaken(const absl::Status& status) {
  std::vector<base::FieldViolation> violations = base::ViolationsOf(status);
  if (!absl::IsInvalidArgument(status) || violations.empty()) return status;
  for (base::FieldViolation& violation : violations) {
    violation.field = WithoutDocument(violation.field);
  }
  return base::WithViolations(
      base::WithTitle(absl::FailedPreconditionError(
                          "Kuma 3 does not take what the upgrade would write in the place of some "
                          "resources: change those first. Nothing was stored."),
                      "Conflict"),
      violations);
}

}  // namespace

absl::StatusOr<Cutover> UpgradeControlPlane(const CutoverDeps& deps, const CutoverBy& by,
                                            UpgradeRequest request) {
  base::AssertMayBlock();
  constexpr model::KumaVersion kTo = model::KumaVersion::kThree;
  SKYDEN_RETURN_IF_ERROR(CheckMayCutOver(by.scope, kTo));
  const CoreTypes& types = deps.registry.core();
  const model::TenantScope inside = InVersion(by.scope, kTo);
  const Defaults defaults(deps.registry, deps.codec);
  auto prepared =
      PrepareImport(inside, deps.registry, deps.codec, types, request.documents, deps.clock.Now());
  if (!prepared.ok()) return NotTaken(prepared.status());
  request.documents = {};
  const ImportOperation operation(inside, types, defaults, deps.codec, *prepared);
  SKYDEN_RETURN_IF_ERROR(operation.Foresee(deps.store, inside, request.mode));
  Cutover cutover;
  const absl::Status written = SwitchVersion(
      deps, by, {kTo, kUpgradeAction, request.if_revision, request.mode},
      [&operation](store::WriteTx& tx) { return operation.Run(tx); }, cutover);
  if (!written.ok()) return NotTaken(written);
  cutover.lines = TakeLines(*prepared).lines;
  std::erase_if(cutover.lines, [](const ImportLine& line) {
    return line.outcome == ImportLine::Outcome::kUnchanged;
  });
  for (ImportLine& line : cutover.lines) line.document = 0;
  return cutover;
}

}  // namespace skyden::resources
