// SPDX-License-Identifier: Apache-2.0
#include "skyden/agent/agent.h"
#include "skyden/cli/cli.h"

int main(int argc, char** argv) {
  return skyden::cli::Main(argc, argv, {skyden::agent::AddCommands});
}
