# SPDX-License-Identifier: Apache-2.0
# Run by `cmake --install`: `sources` is this folder, `program` the built skyden.
set(place "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")
set(settings "$ENV{DESTDIR}/etc/skyden")
set(bin "${CMAKE_INSTALL_PREFIX}/bin")

# The packager's own settings (SKYDEN_*) are not the package's.
function(print file)
  get_filename_component(folder "${file}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND env -i "${program}" ${ARGN} OUTPUT_FILE "${file}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(unit skyden.service skyden-backup.service skyden-backup.timer)
  configure_file("${sources}/systemd/${unit}" "${place}/lib/systemd/system/${unit}" @ONLY)
endforeach()
configure_file("${sources}/systemd/sysusers.conf" "${place}/lib/sysusers.d/skyden.conf" COPYONLY)

file(MAKE_DIRECTORY "${place}/share/man/man1" "${place}/share/man/man5")
execute_process(COMMAND env -i "${program}" manual "${place}/share/man/man1" COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${place}/share/man/man1/skyden.yaml.5" "${place}/share/man/man5/skyden.yaml.5")
file(REMOVE "${place}/share/man/man1/skyden-zone-agent.1") # of the program that is called so

print("${place}/share/bash-completion/completions/skyden" completion bash)
print("${place}/share/zsh/vendor-completions/_skyden" completion zsh)
print("${place}/share/fish/vendor_completions.d/skyden.fish" completion fish)
# A machine that has settings keeps them.
if(NOT EXISTS "${settings}/skyden.yaml")
  print("${settings}/skyden.yaml" serve --print-config=commented --data-dir /var/lib/skyden)
endif()
