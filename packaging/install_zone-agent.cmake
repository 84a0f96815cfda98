# SPDX-License-Identifier: Apache-2.0
# Run by `cmake --install`: `sources` is this folder, `program` the built skyden.
set(place "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")
set(bin "${CMAKE_INSTALL_PREFIX}/bin")
configure_file("${sources}/systemd/skyden-zone-agent@.service"
  "${place}/lib/systemd/system/skyden-zone-agent@.service" @ONLY)
file(MAKE_DIRECTORY "$ENV{DESTDIR}/etc/skyden-zone-agent" "${place}/share/man/man1" "${place}/manual")
# The manual knows it as a command; this program is called like that page.
execute_process(COMMAND env -i "${program}" manual "${place}/manual" COMMAND_ERROR_IS_FATAL ANY)
file(READ "${place}/manual/skyden-zone-agent.1" page)
file(REMOVE_RECURSE "${place}/manual")
string(REPLACE "skyden zone\\-agent" "skyden\\-zone\\-agent" page "${page}")
string(REPLACE ".BR skyden (1)" ".BR systemd.unit (5)" page "${page}")
file(WRITE "${place}/share/man/man1/skyden-zone-agent.1" "${page}")
