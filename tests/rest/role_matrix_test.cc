// SPDX-License-Identifier: Apache-2.0
// Every route x every role x {one's own, somebody else's, one that is not there}, and every route x
// roles that are narrowed to a mesh, to types, to both. The routes come from the router; one that
// no rule here covers fails the test. What is somebody else's and what is not there must answer the
// same, byte for byte.
#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using model::Role;

constexpr char kMissing[] = "00000000-0000-4000-8000-000000000000";
constexpr char kInside[] = "/v1/mesh/control-planes/{id}/api";

// What a route asks of its caller.
enum class Right {
  kEverybody,     // nobody is asked who they are
  kOwnPage,       // a page of ours, which nobody here is
  kAnybody,       // no token at all; who brings one is asked as for kReads
  kAnyPrincipal,  // whoever is no zone
  kOperator,
  kAdministrates,  // the organization
  kLists,
  kCreates,
  kReads,  // one control plane
  kReadsSecrets,
  kChanges,
  kEdits,   // resources, by way of something else
  kWrites,  // a Kuma resource: Kuma looks at the body, and whether it exists, before at the caller
  kWritesSecrets,
  kReadsQuota,  // as kReads, and operators of every control plane
  kSetsQuota,   // operators, of every control plane
  kCopies,      // reads one, and makes others
};

struct Rule {
  Right right;
  std::string body;  // one that is valid, so that what is refused is the caller
};

// The manager's and the identity API's routes, one by one.
const std::map<std::string, Rule>& Rules() {
  static const std::string role =
      R"({"role_name":"Viewer","entity_id":"*","entity_type_name":"Mesh Control Planes"})";
  static const std::map<std::string, Rule> rules = [] {
    std::map<std::string, Rule> all = {
        {"GET /v1/mesh/control-planes", {Right::kLists, ""}},
        {"POST /v1/mesh/control-planes", {Right::kCreates, R"({"name":"x"})"}},
        {"GET /v1/mesh/control-planes/{id}", {Right::kReads, ""}},
        {"PUT /v1/mesh/control-planes/{id}", {Right::kChanges, R"({"name":"x"})"}},
        {"PATCH /v1/mesh/control-planes/{id}", {Right::kChanges, "{}"}},
        {"DELETE /v1/mesh/control-planes/{id}", {Right::kChanges, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/suspend", {Right::kChanges, "{}"}},
        {"POST /v1/mesh/control-planes/{id}/ops/resume", {Right::kChanges, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/share-token", {Right::kChanges, "{}"}},
        {"POST /v1/mesh/control-planes/{id}/api/provision-zone",
         {Right::kChanges, R"({"name":"zone-1"})"}},
        {"POST /v1/mesh/control-planes/{id}/provision-zone",
         {Right::kChanges, R"({"name":"zone-1"})"}},
        {"GET /v1/mesh/control-planes/{id}/ops/rejected-connections", {Right::kReads, ""}},
        {"GET /v1/mesh/control-planes/{id}/ops/rejected-resources", {Right::kReads, ""}},
        {"GET /v1/mesh/control-planes/{id}/ops/withheld-types", {Right::kReads, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/import",
         {Right::kChanges, R"({"type":"Zone","name":"x","enabled":true})"}},
        {"POST /v1/mesh/control-planes/{id}/ops/preview",
         {Right::kReads, R"({"type":"Zone","name":"x","enabled":true})"}},
        {"GET /v1/mesh/control-planes/{id}/ops/quota", {Right::kReadsQuota, ""}},
        {"PUT /v1/mesh/control-planes/{id}/ops/quota", {Right::kSetsQuota, R"({"zones":7})"}},
        {"GET /v1/mesh/control-planes/{id}/ops/export", {Right::kReadsSecrets, ""}},
        {"GET /v1/mesh/control-planes/{id}/ops/audit", {Right::kChanges, ""}},
        {"GET /v1/mesh/control-planes/{id}/ops/access", {Right::kChanges, ""}},
        {"GET /v1/mesh/control-planes/{id}/ops/propagation", {Right::kReads, ""}},
        {"GET /v1/mesh/control-planes/{id}/ops/upgrade-readiness", {Right::kReads, ""}},
        {"GET /v1/mesh/control-planes/{id}/readiness-reports", {Right::kReads, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/upgrade", {Right::kChanges, R"({"to":"v3"})"}},
        {"GET /v1/mesh/control-planes/{id}/ops/zones/{zone}", {Right::kReads, ""}},
        {"GET /v1/mesh/control-planes/{id}/ops/zones/{zone}/tokens", {Right::kChanges, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/zones/{zone}/tokens", {Right::kChanges, "{}"}},
        {"DELETE /v1/mesh/control-planes/{id}/ops/zones/{zone}/tokens/{token}",
         {Right::kChanges, ""}},
        {"GET /v1/mesh/control-planes/{id}/ops/rollouts", {Right::kReads, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/rollouts",
         {Right::kEdits, R"({"documents":"type: MeshRetry","waves":["100%"]})"}},
        {"GET /v1/mesh/control-planes/{id}/ops/rollouts/{rollout}", {Right::kReads, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/rollouts/{rollout}/pause", {Right::kEdits, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/rollouts/{rollout}/resume", {Right::kEdits, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/rollouts/{rollout}/abort", {Right::kEdits, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/rollouts/{rollout}/finish", {Right::kEdits, ""}},
        {"GET /v3/daemon", {Right::kOperator, ""}},
        {"GET /v1/mesh/control-planes/{id}/ops/history", {Right::kReads, ""}},
        {"GET /v1/mesh/control-planes/{id}/ops/diff", {Right::kReads, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/restore", {Right::kEdits, R"({"revision":1})"}},
        {"POST /v1/mesh/control-planes/{id}/ops/undelete", {Right::kAdministrates, "{}"}},
        {"POST /v1/mesh/control-planes/{id}/ops/purge", {Right::kOperator, ""}},
        {"POST /v1/mesh/control-planes/{id}/ops/clone", {Right::kCopies, R"({"name":"x"})"}},
        {"GET /v3/deleted-control-planes", {Right::kAdministrates, ""}},
        {"GET /v3/audit-logs", {Right::kAdministrates, ""}},
        {"GET /v3/audit-logs/verification", {Right::kAdministrates, ""}},
        {"GET /v3/audit-log-webhook", {Right::kAdministrates, ""}},
        {"PATCH /v3/audit-log-webhook", {Right::kAdministrates, "{}"}},
        {"DELETE /v3/audit-log-webhook", {Right::kAdministrates, ""}},
        {"GET /v3/audit-log-webhook/status", {Right::kAdministrates, ""}},
        {"GET /v3/audit-log-destinations", {Right::kAdministrates, ""}},
        {"POST /v3/audit-log-destinations",
         {Right::kAdministrates, R"({"name":"x","endpoint":"https://siem.example.com"})"}},
        {"GET /v3/audit-log-destinations/{destination}", {Right::kAdministrates, ""}},
        {"PATCH /v3/audit-log-destinations/{destination}", {Right::kAdministrates, "{}"}},
        {"DELETE /v3/audit-log-destinations/{destination}", {Right::kAdministrates, ""}},
        {"GET /v3/audit-log-replay-job", {Right::kAdministrates, ""}},
        {"PUT /v3/audit-log-replay-job",
         {Right::kAdministrates,
          R"({"start_at":"2026-01-01T00:00:00Z","end_at":"2026-01-02T00:00:00Z"})"}},
        {"GET /v3/rejected-connections", {Right::kOperator, ""}},
        {"POST /v3/backups", {Right::kOperator, ""}},
        {"GET /v3/zones", {Right::kLists, ""}},
        {"GET /v3/fleet", {Right::kLists, ""}},
        {"GET /v3/events", {Right::kLists, ""}},
        {"GET /v3/search", {Right::kLists, ""}},
        {"GET /v3/expiring", {Right::kLists, ""}},
        {"GET /v3/usage", {Right::kLists, ""}},
        {"GET /v3/organizations", {Right::kOperator, ""}},
        {"POST /v3/organizations", {Right::kOperator, R"({"name":"x"})"}},
        {"GET /v3/organizations/me", {Right::kAnyPrincipal, ""}},
        {"GET /v3/organizations/{organization}", {Right::kOperator, ""}},
        {"DELETE /v3/organizations/{organization}", {Right::kOperator, ""}},
        {"GET /v3/organizations/{organization}/quota", {Right::kOperator, ""}},
        {"PUT /v3/organizations/{organization}/quota", {Right::kOperator, R"({"zones":7})"}},
        {"GET /v3/roles", {Right::kAnyPrincipal, ""}},
        {"GET /v3/sign-in", {Right::kEverybody, ""}},
        {"POST /v3/sign-in/oidc/back-channel-logout", {Right::kEverybody, ""}},
        {"POST /v3/sessions", {Right::kOwnPage, R"({"token":"x"})"}},
        {"GET /v3/sessions", {Right::kAnyPrincipal, ""}},
        {"GET /v3/sessions/current", {Right::kAnyPrincipal, ""}},
        {"DELETE /v3/sessions/current", {Right::kAnyPrincipal, ""}},
        {"DELETE /v3/sessions/{session}", {Right::kAnyPrincipal, ""}},
        {"GET /v3/authentication-settings", {Right::kAdministrates, ""}},
        {"GET /v3/teams", {Right::kAdministrates, ""}},
        {"POST /v3/teams", {Right::kAdministrates, R"({"name":"x"})"}},
        {"GET /v3/teams/{team}", {Right::kAdministrates, ""}},
        {"PATCH /v3/teams/{team}", {Right::kAdministrates, "{}"}},
        {"DELETE /v3/teams/{team}", {Right::kAdministrates, ""}},
        {"GET /v3/teams/{team}/assigned-roles", {Right::kAdministrates, ""}},
        {"POST /v3/teams/{team}/assigned-roles", {Right::kAdministrates, role}},
        {"GET /v3/teams/{team}/assigned-roles/{role}", {Right::kAdministrates, ""}},
        {"DELETE /v3/teams/{team}/assigned-roles/{role}", {Right::kAdministrates, ""}},
    };
    for (const std::string kind : {"users", "system-accounts"}) {
      const std::string base = " /v3/" + kind;
      const std::string one = base + "/{account}";
      const std::string tokens = one + "/access-tokens";
      const std::string token = tokens + "/{token}";
      all["GET" + base] = {Right::kAdministrates, ""};
      all["POST" + base] = {Right::kAdministrates, kind == "users"
                                                       ? R"({"full_name":"x","email":"a@b"})"
                                                       : R"({"name":"x"})"};
      all["GET" + base + "/me"] = {Right::kAnyPrincipal, ""};
      all["GET" + one] = {Right::kAdministrates, ""};
      all["PATCH" + one] = {Right::kAdministrates, "{}"};
      all["DELETE" + one] = {Right::kAdministrates, ""};
      all["GET" + one + "/assigned-roles"] = {Right::kAdministrates, ""};
      all["POST" + one + "/assigned-roles"] = {Right::kAdministrates, role};
      all["GET" + one + "/assigned-roles/{role}"] = {Right::kAdministrates, ""};
      all["DELETE" + one + "/assigned-roles/{role}"] = {Right::kAdministrates, ""};
      all["GET" + one + "/teams"] = {Right::kAdministrates, ""};
      const std::string members = " /v3/teams/{team}/" + kind;
      all["GET" + members] = {Right::kAdministrates, ""};
      all["POST" + members] = {Right::kAdministrates, R"({"id":"nobody"})"};
      all["DELETE" + members + "/{account}"] = {Right::kAdministrates, ""};
      all["GET" + one + "/effective-access"] = {Right::kAdministrates, ""};
      all["GET" + tokens] = {Right::kAdministrates, ""};
      all["POST" + tokens] = {Right::kAdministrates, R"({"name":"x"})"};
      all["GET" + token] = {Right::kAdministrates, ""};
      all["PATCH" + token] = {Right::kAdministrates, R"({"name":"x"})"};
      all["DELETE" + token] = {Right::kAdministrates, ""};
      all["PATCH" + token + "/revoke"] = {Right::kAdministrates, ""};
    }
    return all;
  }();
  return rules;
}

// Kuma's routes: what is not about one type is listed, the rest follows from the type.
std::optional<Rule> KumaRule(const model::TypeRegistry& registry, const std::string& method,
                             const std::string& path) {
  static const std::map<std::string, Rule> fixed = {
      {"GET ", {Right::kAnybody, ""}},
      {"POST /tokens/zone", {Right::kChanges, R"({"zone":"z","scope":["cp"],"validFor":"1h"})"}},
      {"POST /tokens/dataplane",
       {Right::kChanges, R"({"name":"d","mesh":"default","validFor":"1h"})"}},
      {"POST /tokens/user", {Right::kChanges, R"({"name":"u","groups":[],"validFor":"1h"})"}},
      {"GET /_kri/{kri}", {Right::kReads, ""}},
  };
  if (const auto found = fixed.find(method + " " + path); found != fixed.end()) {
    return found->second;
  }
  for (const model::TypeDescriptor& type : registry.all()) {
    for (const std::string& name : {type.path, type.alternative_path}) {
      if (name.empty()) continue;
      const std::regex about("(/meshes/\\{mesh\\})?/" + name + "(/\\{name\\})?");
      if (!std::regex_match(path, about)) continue;
      if (method == "GET") {
        return Rule{type.admin_only ? Right::kReadsSecrets : Right::kReads, ""};
      }
      return Rule{type.admin_only ? Right::kWritesSecrets : Right::kWrites, "{}"};
    }
  }
  // Everything else is read: overviews, insights, questions to proxies, the index of types.
  if (method == "GET") return Rule{Right::kReads, ""};
  return std::nullopt;
}

std::optional<Rule> RuleOf(const model::TypeRegistry& registry, const http::Route& route) {
  const std::string method(http::MethodName(route.method));
  const auto found = Rules().find(method + " " + route.pattern);
  if (found != Rules().end()) return found->second;
  if (!route.pattern.starts_with(kInside)) return std::nullopt;
  return KumaRule(registry, method, route.pattern.substr(std::string(kInside).size()));
}

enum class Expected {
  kAllowed,
  kDenied,
  kRefused,  // in one way or another
  kHidden,
};

struct Subject {
  std::string name;
  std::optional<Role> role;  // nullopt: an account without any
  bool on_own = false;       // the role is on `own` alone
  bool zone = false;
  std::string token;
  model::Narrowing narrowing = {};
};

Expected ExpectedFor(const Subject& subject, Right right) {
  using enum Right;
  if (right == kEverybody) return Expected::kAllowed;
  if (right == kOwnPage) return Expected::kDenied;
  if (right == kAnybody) right = kReads;
  if (subject.zone) return Expected::kDenied;
  if (right == kAnyPrincipal) return Expected::kAllowed;
  const bool reads = right == kReads || right == kReadsQuota;
  const bool in_control_plane = reads || right == kReadsSecrets || right == kChanges ||
                                right == kEdits || right == kWrites || right == kWritesSecrets ||
                                right == kSetsQuota || right == kCopies;
  if (!subject.role) return in_control_plane ? Expected::kHidden : Expected::kDenied;
  const auto allowed_if = [](bool may) { return may ? Expected::kAllowed : Expected::kDenied; };
  if (right == kSetsQuota) return allowed_if(*subject.role == Role::kOperator);
  const bool organization_wide = !subject.on_own;
  switch (*subject.role) {
    case Role::kOperator:
      return Expected::kAllowed;
    case Role::kAdmin:
      if (right == kCopies) return allowed_if(organization_wide);
      if (in_control_plane || right == kLists) return Expected::kAllowed;
      return allowed_if(organization_wide && right != kOperator);
    case Role::kCreator:
      return allowed_if(right == kLists || right == kCreates);
    case Role::kEditor:
      if (right == kWritesSecrets) return Expected::kRefused;
      return allowed_if(right == kLists || reads || right == kEdits || right == kWrites);
    case Role::kViewer:
      if (right == kWrites || right == kWritesSecrets) return Expected::kRefused;
      return allowed_if(right == kLists || reads);
    case Role::kConnector:
    case Role::kInParts:
      return Expected::kDenied;
  }
  return Expected::kDenied;
}

// What a role that is narrowed gives. Routes are asked for the mesh `default`, lists for all
// meshes.
class Parts {
 public:
  Parts(const model::TypeRegistry& registry, const Subject& subject)
      : registry_(registry), subject_(subject) {}

  Expected Of(const std::string& method, const std::string& pattern, Right right) const {
    if (right == Right::kAnybody) return Expected::kAllowed;
    if (!pattern.starts_with(kInside)) {
      const bool is_it = pattern == "/v1/mesh/control-planes/{id}" && method == "GET";
      if (is_it) return Expected::kAllowed;
      Subject nobody = subject_;
      nobody.role = Role::kInParts;
      return right == Right::kLists ? Expected::kAllowed : ExpectedFor(nobody, right);
    }
    const std::string path = pattern.substr(std::string(kInside).size());
    if (kOpen.contains(path)) return Expected::kAllowed;
    if (path == "/_kri/{kri}") return If(Reads("Mesh"));  // the mesh `default`
    // Of a mesh `nobody`.
    if (path == "/mesh-insights/{name}" && method == "GET") return Expected::kDenied;
    for (const model::TypeDescriptor& type : registry_.all()) {
      for (const std::string& name : {type.path, type.alternative_path}) {
        if (!name.empty()) {
          if (const auto expected = OfType(method, path, type, name)) return *expected;
        }
      }
    }
    const bool below_mesh = path.starts_with("/meshes/{mesh}/") && method == "GET";
    return If(below_mesh && subject_.narrowing.types.empty() && HasMesh());
  }

 private:
  inline static const std::set<std::string> kOpen = {
      "/", "/config", "/policies", "/_resources", "/who-am-i", "/mesh-insights", "/events"};

  static Expected If(bool may) { return may ? Expected::kAllowed : Expected::kDenied; }
  bool HasMesh() const {
    const auto& meshes = subject_.narrowing.meshes;
    return std::find(meshes.begin(), meshes.end(), "default") != meshes.end();
  }
  bool HasType(const std::string& name) const {
    const auto& types = subject_.narrowing.types;
    return std::find(types.begin(), types.end(), name) != types.end();
  }
  bool MayDo(const model::TypeDescriptor& type, bool writes) const {
    const Role role = *subject_.role;
    if (type.admin_only) return role == Role::kAdmin;
    return !writes || role != Role::kViewer;
  }
  // Of the mesh `default`; `anywhere`: of some mesh.
  bool Has(const model::TypeDescriptor& type, bool writes, bool anywhere) const {
    if (!MayDo(type, writes)) return false;
    const model::Narrowing& to = subject_.narrowing;
    if (type.scope == model::ResourceScope::kGlobal) {
      if (to.meshes.empty()) return HasType(type.name);
      return type.name == "Mesh" && !writes && (anywhere || HasMesh());
    }
    if (!to.types.empty() && !HasType(type.name)) return false;
    return to.meshes.empty() || anywhere || HasMesh();
  }
  bool Reads(const std::string& name, bool anywhere = false) const {
    return Has(*registry_.FindByName(name), false, anywhere);
  }

  std::optional<Expected> OfType(const std::string& method, const std::string& path,
                                 const model::TypeDescriptor& type, const std::string& name) const {
    const bool in_mesh = type.scope == model::ResourceScope::kMesh;
    const std::string list = (in_mesh ? "/meshes/{mesh}/" : "/") + name;
    const std::string item = list + "/{name}";
    const bool over_all = path == "/" + name;
    if (path == item || path == list || over_all) {
      if (type.name == "ServiceInsight" && method == "GET") {
        return If(in_mesh && !over_all && subject_.narrowing.types.empty() && HasMesh());
      }
      if (method == "GET") {
        // A mesh is asked for by the name `nobody`.
        const bool named = path == item && type.name == "Mesh";
        return If(named ? HasType("Mesh") && subject_.narrowing.meshes.empty()
                        : Has(type, false, over_all));
      }
      if (type.ReadOnlyAtGlobal()) return Expected::kRefused;
      const bool takes_along = method == "DELETE" && (type.name == "Mesh" || type.name == "Zone");
      return If(Has(type, true, false) && !takes_along);
    }
    static const std::set<std::string> kShown = {"Dataplane", "Zone", "ZoneIngress", "ZoneEgress"};
    if (!kShown.contains(type.name)) return std::nullopt;
    const std::string older =
        type.name == "ZoneEgress" ? "zoneegressoverviews" : type.path + "+insights";
    const bool of_all = path == "/" + name + "/_overview" || path == "/" + older;
    const std::string prefix = in_mesh ? "/meshes/{mesh}/" : "/";
    const bool is_overview = of_all || path == list + "/_overview" || path == item + "/_overview" ||
                             path == prefix + older || path == prefix + older + "/{name}";
    if (!is_overview) return std::nullopt;
    return If(Reads(type.name, of_all) && Reads(type.name + "Insight", of_all));
  }

  const model::TypeRegistry& registry_;
  const Subject& subject_;
};

// The values of a pattern's parameters.
struct Target {
  std::string control_plane;
  std::string organization = kMissing;
  std::string user = kMissing;
  std::string system_account = kMissing;
  std::string team = kMissing;
  std::string token = "none";
  std::string role = "none";
};

std::string Fill(std::string pattern, const Target& target) {
  const bool users =
      pattern.starts_with("/v3/users") || pattern.starts_with("/v3/teams/{team}/users");
  const std::vector<std::pair<std::string, std::string>> values = {
      {"{id}", target.control_plane},
      {"{organization}", target.organization},
      {"{account}", users ? target.user : target.system_account},
      {"{team}", target.team},
      {"{token}", target.token},
      {"{role}", target.role},
      {"{mesh}", "default"},
      {"{kri}", "kri_m____default_"},
      {"{kind}", "xds"},
  };
  for (const auto& [from, to] : values) {
    if (const size_t at = pattern.find(from); at != std::string::npos) {
      pattern.replace(at, from.size(), to);
    }
  }
  // Resources that are not there: what is allowed changes nothing.
  return std::regex_replace(pattern, std::regex("\\{[a-z_]+\\}"), "nobody");
}

// Request ids differ from one answer to the next and say nothing.
std::string Masked(const Answer& answer) {
  static const std::regex id("request:[0-9a-f-]+");
  return fmt::format("{} {} {}", answer.status, answer.content_type,
                     std::regex_replace(answer.body, id, "request:*"));
}

class Matrix {
 public:
  Matrix() {
    const std::string foreign_admin = env_.NewOrganization("foreign");
    own_.control_plane = env_.NewControlPlane("own");
    foreign_.control_plane = CreateControlPlane(foreign_admin);
    FillAccounts(env_.operator_token, own_);
    FillAccounts(foreign_admin, foreign_);
    missing_.control_plane = kMissing;
    subjects_ = {
        {"operator", Role::kOperator, false, false, env_.operator_token},
        {"admin", Role::kAdmin, false, false, ""},
        {"admin of one", Role::kAdmin, true, false, ""},
        {"creator", Role::kCreator, false, false, ""},
        {"viewer", Role::kViewer, false, false, ""},
        {"viewer of one", Role::kViewer, true, false, ""},
        {"connector", Role::kConnector, false, false, ""},
        {"connector of one", Role::kConnector, true, false, ""},
        {"editor", Role::kEditor, false, false, ""},
        {"editor of one", Role::kEditor, true, false, ""},
    };
    using Types = std::vector<std::string>;
    const Types types = {"Dataplane", "DataplaneInsight", "MeshTimeout"};
    for (const Role role : {Role::kViewer, Role::kEditor, Role::kAdmin}) {
      for (const char* mesh : {"", "default", "another"}) {
        for (const bool by_type : {false, true}) {
          model::Narrowing to;
          if (*mesh != '\0') to.meshes = {mesh};
          if (by_type) to.types = types;
          // Without a mesh, types of the control plane as a whole as well.
          if (by_type && to.meshes.empty()) to.types = {"Mesh", "MeshTimeout", "Zone"};
          if (to.empty()) continue;
          if (role != Role::kViewer && mesh == std::string("another")) continue;
          subjects_.push_back({fmt::format("{} of {}", model::RoleName(role), to.Text()), role,
                               true, false, "", to});
        }
      }
    }
    for (Subject& subject : subjects_) {
      if (!subject.token.empty()) continue;
      subject.token = NewTokenOf(subject, own_.control_plane);
    }
    subjects_.push_back({"nobody", std::nullopt, false, false, TokenWithoutRole()});
    subjects_.push_back({"zone", Role::kConnector, true, true, ZoneToken()});
  }

  RestEnv& env() { return env_; }
  const std::vector<Subject>& subjects() const { return subjects_; }
  const Target& own() const { return own_; }
  const Target& foreign() const { return foreign_; }
  const Target& missing() const { return missing_; }

  Answer Ask(const http::Route& route, const Rule& rule, const Target& target,
             const std::string& token) {
    return Send(std::string(http::MethodName(route.method)), Fill(route.pattern, target), rule.body,
                token);
  }

  // What a route may use up is made anew for each call that is going to succeed.
  Target FreshFor(const http::Route& route, Subject& subject) {
    Target target = own_;
    const bool deletes = route.method == http::Method::kDelete;
    if (route.pattern.starts_with(kInside) || route.pattern.find("{id}") != std::string::npos) {
      target.control_plane = env_.NewControlPlane("fresh");
      if (subject.on_own) subject.token = NewTokenOf(subject, target.control_plane);
    } else if (deletes || route.pattern.find("/revoke") != std::string::npos) {
      FillAccounts(env_.operator_token, target);
    }
    return target;
  }

 private:
  std::string NewTokenOf(const Subject& subject, const std::string& control_plane) {
    return env_.NewToken(*subject.role, subject.on_own ? control_plane : std::string(),
                         subject.narrowing);
  }

  Answer Send(const std::string& method, const std::string& path, const std::string& body,
              const std::string& token) {
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.headers.emplace("Authorization", "Bearer " + token);
    request.headers.emplace("Content-Type", "application/json");
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);  // head and body are two writes
    client_.set_read_timeout(60);   // busy machines make keys slowly
    const auto result = client_.send(request);
    REQUIRE(result);
    return {result->status, result->get_header_value("Content-Type"), result->body, ""};
  }

  std::string CreateControlPlane(const std::string& token) {
    const Answer made = Send("POST", "/v1/mesh/control-planes", R"({"name":"theirs"})", token);
    REQUIRE(made.status == 201);
    return made.json().at("id");
  }

  // A user and a system account of `token`'s organization, the latter with a role and a token.
  void FillAccounts(const std::string& token, Target& target) {
    const int n = ++accounts_;
    const auto make = [&](const std::string& path, const std::string& body) {
      const Answer made = Send("POST", path, body, token);
      INFO(made.body);
      REQUIRE(made.status == 201);
      return made.json();
    };
    target.user = make("/v3/users", fmt::format(R"({{"full_name":"u","email":"u{}@x"}})", n))["id"];
    target.system_account =
        make("/v3/system-accounts", fmt::format(R"({{"name":"robot {}"}})", n))["id"];
    const std::string path = "/v3/system-accounts/" + target.system_account;
    target.team = make("/v3/teams", fmt::format(R"({{"name":"team {}"}})", n))["id"];
    target.token = make(path + "/access-tokens", R"({"name":"t"})")["id"];
    target.role = make(path + "/assigned-roles",
                       R"({"role_name":"Viewer","entity_id":"*",
                           "entity_type_name":"Mesh Control Planes"})")["id"];
    target.organization = Send("GET", "/v3/organizations/me", "", token).json()["id"];
  }

  std::string TokenWithoutRole() {
    const Answer account = env_.Post("/v3/system-accounts", R"({"name":"nobody"})");
    const std::string path =
        "/v3/system-accounts/" + account.json()["id"].get<std::string>() + "/access-tokens";
    return env_.Post(path, R"({"name":"t"})").json()["token"];
  }

  std::string ZoneToken() {
    return env_
        .Post("/v1/mesh/control-planes/" + own_.control_plane + "/provision-zone",
              R"({"name":"a-zone"})")
        .json()["token"];
  }

  RestEnv env_;
  httplib::Client client_{"http://" + env_.server->address()};
  int accounts_ = 0;
  Target own_;
  Target foreign_;
  Target missing_;
  std::vector<Subject> subjects_;
};

}  // namespace

TEST_CASE("every route lets in whom its rule says, and tells the others nothing",
          "[rest][matrix]") {
  Matrix matrix;
  size_t cells = 0;
  for (const http::Route& route : matrix.env().api->routes()) {
    const auto rule = RuleOf(matrix.env().registry(), route);
    CAPTURE(http::MethodName(route.method), route.pattern);
    REQUIRE(rule.has_value());
    const bool addressed = route.pattern.find("{id}") != std::string::npos ||
                           route.pattern.find("{organization}") != std::string::npos ||
                           route.pattern.find("{account}") != std::string::npos ||
                           route.pattern.find("{team}") != std::string::npos;
    for (Subject subject : matrix.subjects()) {
      CAPTURE(subject.name);
      const std::string method(http::MethodName(route.method));
      const Expected expected =
          subject.narrowing.empty()
              ? ExpectedFor(subject, rule->right)
              : Parts(matrix.env().registry(), subject).Of(method, route.pattern, rule->right);
      const bool of_operators = rule->right == Right::kOperator ||
                                rule->right == Right::kReadsQuota ||
                                rule->right == Right::kSetsQuota;
      const bool operator_everywhere = of_operators && subject.role == Role::kOperator;
      if (addressed && !operator_everywhere) {
        const Answer foreign = matrix.Ask(route, *rule, matrix.foreign(), subject.token);
        const Answer missing = matrix.Ask(route, *rule, matrix.missing(), subject.token);
        CHECK(Masked(foreign) == Masked(missing));
        CHECK((missing.status == 404 || missing.status == 403));
      }
      // What is allowed here does not end by itself.
      if (route.pattern.ends_with("/events") && expected == Expected::kAllowed) continue;
      const bool uses_up = expected == Expected::kAllowed && route.method != http::Method::kGet &&
                           rule->right != Right::kWrites && rule->right != Right::kWritesSecrets;
      const Target target = uses_up ? matrix.FreshFor(route, subject) : matrix.own();
      const Answer own = matrix.Ask(route, *rule, target, subject.token);
      CAPTURE(own.status, own.body);
      CHECK(own.status < 500);
      switch (expected) {
        case Expected::kAllowed:
          CHECK(own.status != 401);
          CHECK(own.status != 403);
          break;
        case Expected::kDenied:
          CHECK(own.status == 403);
          break;
        case Expected::kRefused:
          CHECK(own.status >= 400);
          break;
        case Expected::kHidden:
          CHECK(Masked(own) == Masked(matrix.Ask(route, *rule, matrix.missing(), subject.token)));
          break;
      }
      cells += addressed ? 3 : 1;
    }
  }
  CHECK(cells > 15'000);
}

}  // namespace skyden::rest
