// SPDX-License-Identifier: Apache-2.0
// Kuma's own GUI of each control plane: who is shown its page.
#include <httplib.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "skyden/console/console.h"
#include "skyden/console/kuma_gui.h"
#include "tests/console/gui_folder.h"
#include "tests/rest/rest_env.h"
#include "tests/skip.h"

namespace skyden::rest {
namespace {

const char kNowhere[] = "00000000-0000-4000-8000-000000000000";

std::string GuiOf(const std::string& id) { return "/v1/mesh/control-planes/" + id + "/gui"; }

// What answers of two requests may differ in.
std::string WithoutInstance(const Answer& answer) {
  nlohmann::json json = answer.json();
  json.erase("instance");
  return json.dump();
}

std::unique_ptr<console::KumaGui> Load(const console::GuiFolder& folder) {
  auto gui = console::KumaGui::Load(folder.path());
  REQUIRE(gui.ok());
  return *std::move(gui);
}

auto WithPages(const console::KumaGui* gui, const console::Console* console) {
  return [=](RestEnv&, Deps& deps) {
    deps.kuma_gui = gui;
    deps.console = console;
  };
}

TEST_CASE("whoever may read a control plane is shown its GUI", "[rest]") {
  const console::GuiFolder folder;
  const auto gui = Load(folder);
  RestEnv env(WithPages(gui.get(), nullptr));
  const std::string id = env.NewControlPlane();
  const std::string viewer = env.NewToken(model::Role::kViewer, id);
  const std::string kumas = env.Post(RestEnv::ApiOf(id) + "/tokens/user",
                                     R"({"name":"reader","groups":[],"validFor":"1h"})")
                                .body;
  for (const std::string& token : {env.operator_token, viewer, kumas}) {
    for (const char* path : {"", "/", "/meshes/default/overview"}) {
      const Answer page = env.Send("GET", GuiOf(id) + path, token);
      INFO(path << page.body);
      CHECK(page.status == 200);
      CHECK(page.content_type == "text/html; charset=utf-8");
      CHECK(page.body.find("<base href=\"" + GuiOf(id) + "/\">") != std::string::npos);
      CHECK(page.body.find("\"apiUrl\":\"" + RestEnv::ApiOf(id) + "\"") != std::string::npos);
    }
  }
  CHECK(env.Get(RestEnv::ApiOf(id)).json().at("gui") == GuiOf(id));
  CHECK(env.Send("HEAD", GuiOf(id), viewer).status == 200);
  CHECK(env.Send("POST", GuiOf(id), viewer, "{}").status == 404);
}

TEST_CASE("the page of a control plane that is another's is missing like any other", "[rest]") {
  const console::GuiFolder folder;
  const auto gui = Load(folder);
  RestEnv env(WithPages(gui.get(), nullptr));
  const std::string id = env.NewControlPlane();
  const std::string stranger = env.NewOrganization("others");
  const std::string elsewhere = env.NewToken(model::Role::kViewer, env.NewControlPlane("b"));
  const Answer missing = env.Get(GuiOf(kNowhere));
  CHECK(missing.status == 404);
  for (const std::string& token : {stranger, elsewhere}) {
    const Answer foreign = env.Send("GET", GuiOf(id), token);
    CHECK(foreign.status == 404);
    CHECK(WithoutInstance(foreign) == WithoutInstance(missing));
  }
  CHECK(env.Get(GuiOf("no-id")).status == 404);
  CHECK(env.Send("GET", GuiOf(id), "").status == 401);
  CHECK(env.Send("GET", GuiOf(kNowhere), "").status == 401);
  CHECK(env.Send("GET", GuiOf(id), "spat_wrong").status == 401);
}

// The console brings back to its own addresses alone, so the way leads by one of them.
TEST_CASE("who has not signed in is led to the console to do so, and back", "[rest]") {
  const console::GuiFolder folder;
  const auto gui = Load(folder);
  const auto console = console::Console::Create(console::Console::Wanted::kYes);
  if (!console->shown()) return Skip("the console was not built: its packages are missing");
  RestEnv env(WithPages(gui.get(), console.get()));
  const std::string id = env.NewControlPlane();
  httplib::Client client("http://" + env.server->address());
  for (const std::string& of : {id, std::string(kNowhere)}) {
    const auto led = client.Get(GuiOf(of) + "/meshes/a%20b?page=2&x=%26");
    REQUIRE(led);
    CHECK(led->status == 303);
    // This client decodes the header once.
    CHECK(led->get_header_value("Location") ==
          "/console/sign-in?return=/console/cp/" + of +
              "/kuma?at=%2Fmeshes%2Fa%2520b%3Fpage%3D2%26x%3D%2526");
    CHECK(led->get_header_value("Cache-Control") == "no-store");
  }
  CHECK(env.Send("GET", GuiOf("no-id"), "").status == 401);
  CHECK(env.Send("GET", GuiOf(kNowhere), env.operator_token).status == 404);
}

TEST_CASE("the console is shown to anybody, and what is below it is no API", "[rest]") {
  const auto console = console::Console::Create(console::Console::Wanted::kYes);
  if (!console->shown()) return Skip("the console was not built: its packages are missing");
  RestEnv env(WithPages(nullptr, console.get()));
  CHECK(env.Send("GET", "/console/", "").content_type == "text/html; charset=utf-8");
  CHECK(env.Send("GET", "/console/nowhere", "").status == 404);
  CHECK(env.Send("POST", "/console/", env.operator_token, "{}").status == 404);
  CHECK(env.Send("GET", "/", "").status == 404);
  CHECK(env.Send("GET", "/", "", "", {{"Accept", "text/html"}}).status == 302);
}

TEST_CASE("files of the GUI are shown to anybody, of whatever control plane", "[rest]") {
  const console::GuiFolder folder;
  const auto gui = Load(folder);
  RestEnv env(WithPages(gui.get(), nullptr));
  const std::string id = env.NewControlPlane();
  for (const std::string& of : {id, std::string(kNowhere)}) {
    const Answer file = env.Send("GET", GuiOf(of) + "/assets/index-1.css", "");
    CHECK(file.status == 200);
    CHECK(file.content_type == "text/css; charset=utf-8");
    CHECK(file.body == "p { color: red }\n");
    CHECK(env.Send("GET", GuiOf(of) + "/assets/index-2.css", "").status == 404);
    CHECK(env.Send("GET", GuiOf(of) + "/assets/%2e%2e/%2e%2e/etc/passwd", "").status == 404);
  }
}

TEST_CASE("without a copy of the GUI its address says how to have one", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const Answer answer = env.Get(GuiOf(id));
  CHECK(answer.status == 404);
  CHECK(answer.body.find("kuma_gui_dir") != std::string::npos);
  CHECK(env.Get(RestEnv::ApiOf(id)).json().at("gui") == "");
}

}  // namespace
}  // namespace skyden::rest
