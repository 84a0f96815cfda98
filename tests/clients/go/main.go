// SPDX-License-Identifier: Apache-2.0

// Uses the client that a generator made of /openapi.yaml, as its users would: typed bodies in, typed
// answers out.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"skyden.test/clients/skyden"
)

func check(holds bool, format string, arguments ...any) {
	if holds {
		return
	}
	fmt.Fprintf(os.Stderr, "Go client: "+format+"\n", arguments...)
	os.Exit(1)
}

func must[T any](value T, err error) T {
	check(err == nil, "%v", err)
	return value
}

func text(s string) *string { return &s }

type user struct {
	ctx    context.Context
	client *skyden.ClientWithResponses
}

func (u user) identity() {
	account := must(u.client.CreateSystemAccountWithResponse(u.ctx,
		skyden.SystemAccountInput{Name: "go", Description: text("a generated client")}))
	check(account.JSON201 != nil, "no account: %s", account.Body)
	id := account.JSON201.Id
	role := must(u.client.AssignSystemAccountRoleWithResponse(u.ctx, id, skyden.AssignedRoleInput{
		RoleName:       skyden.AssignedRoleInputRoleNameViewer,
		EntityId:       "*",
		EntityTypeName: skyden.MeshControlPlanes,
	}))
	check(role.JSON201 != nil, "no role: %s", role.Body)
	read := must(u.client.GetSystemAccountRoleWithResponse(u.ctx, id, role.JSON201.Id))
	check(read.JSON200 != nil && *read.JSON200 == *role.JSON201, "the role is read as %s", read.Body)

	// A condition is a value, or an operator and a value.
	var plain, compared skyden.Condition
	check(plain.FromCondition0("Viewer") == nil, "no condition")
	check(compared.FromComparison(skyden.Comparison{Neq: text("Viewer")}) == nil, "no condition")
	for condition, want := range map[*skyden.Condition]int{&plain: 1, &compared: 0} {
		parameters := skyden.ListSystemAccountRolesParams{
			Filter: &skyden.RolesFilter{RoleName: condition}}
		roles := must(u.client.ListSystemAccountRolesWithResponse(u.ctx, id, &parameters))
		check(roles.JSON200 != nil, "no roles: %s", roles.Body)
		check(len(roles.JSON200.Data) == want, "%d roles, not %d", len(roles.JSON200.Data), want)
	}
	gone := must(u.client.DeleteSystemAccountWithResponse(u.ctx, id))
	check(gone.StatusCode() == http.StatusNoContent, "not deleted: %s", gone.Body)
	missing := must(u.client.GetSystemAccountWithResponse(u.ctx, id))
	problem := missing.ApplicationproblemJSON404
	check(problem != nil && problem.Instance != "", "no problem: %s", missing.Body)
}

func (u user) resources(plane skyden.IdParameter) {
	mesh := skyden.Mesh{Type: skyden.MeshTypeMesh, Name: "default"}
	mesh.Mtls = &skyden.MeshMtls{EnabledBackend: text("ca"), Backends: &[]skyden.CertificateAuthorityBackend{
		{Name: text("ca"), Type: text("builtin")}}}
	put := must(u.client.PutMeshWithResponse(u.ctx, plane, "default", nil, mesh))
	check(put.StatusCode() == http.StatusOK, "no mesh: %s", put.Body)
	kind := skyden.TargetRefKindMesh
	made := must(u.client.PutMeshTimeoutWithResponse(u.ctx, plane, "default", "slow", nil, skyden.MeshTimeout{
		Type: skyden.MeshTimeoutTypeMeshTimeout, Mesh: "default", Name: "slow",
		Labels: &skyden.Labels{"team": "blue"},
		Spec: skyden.MeshTimeoutSpec{
			TargetRef: &skyden.TargetRef{Kind: kind},
			To: &[]skyden.MeshTimeoutTo{{
				TargetRef: skyden.TargetRef{Kind: kind},
				Default: &skyden.MeshTimeoutConf{
					Http: &skyden.MeshTimeoutHttp{RequestTimeout: text("90s")}},
			}},
		},
	}))
	check(made.StatusCode() == http.StatusCreated, "no policy: %s", made.Body)
	one := must(u.client.GetMeshTimeoutWithResponse(u.ctx, plane, "default", "slow", nil))
	check(one.JSON200 != nil, "no policy: %s", one.Body)
	timeout := (*one.JSON200.Spec.To)[0].Default.Http.RequestTimeout
	check(*timeout == "1m30s", "the timeout is %s", *timeout)
	filter := skyden.FilterParameter{"labels.team": "blue"}
	list := must(u.client.ListMeshTimeoutWithResponse(u.ctx, plane, "default",
		&skyden.ListMeshTimeoutParams{Filter: &filter}))
	check(list.JSON200 != nil && list.JSON200.Total == 1, "the list is %s", list.Body)
	refused := must(u.client.PutMeshTimeoutWithResponse(u.ctx, plane, "default", "slow", nil,
		skyden.MeshTimeout{Type: skyden.MeshTimeoutTypeMeshTimeout, Mesh: "default", Name: "other"}))
	check(refused.JSON400 != nil && refused.JSON400.Detail != "", "not refused: %s", refused.Body)
	zones := must(u.client.ListZoneOverviewWithResponse(u.ctx, plane, nil))
	check(zones.JSON200 != nil && len(zones.JSON200.Items) == 0, "the zones are %s", zones.Body)
}

func main() {
	token := os.Getenv("SKYDEN_TOKEN")
	u := user{ctx: context.Background()}
	u.client = must(skyden.NewClientWithResponses(os.Getenv("SKYDEN_ADDRESS"),
		skyden.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
			request.Header.Set("authorization", "Bearer "+token)
			return nil
		})))
	plane := must(u.client.CreateControlPlaneWithResponse(u.ctx, skyden.ControlPlaneInput{Name: "go"}))
	check(plane.JSON201 != nil, "no control plane: %s", plane.Body)
	id := plane.JSON201.Id
	u.identity()
	u.resources(id)
	zone := must(u.client.ProvisionZoneWithResponse(u.ctx, id, nil, skyden.ZoneInput{Name: "zone-1"}))
	check(zone.JSON200 != nil && zone.JSON200.Token != "", "no zone: %s", zone.Body)
	gone := must(u.client.DeleteControlPlaneWithResponse(u.ctx, id, nil))
	check(gone.StatusCode() == http.StatusNoContent, "not deleted: %s", gone.Body)
	missing := must(u.client.GetControlPlaneWithResponse(u.ctx, id))
	problem := missing.ApplicationproblemJSON404
	check(problem != nil && problem.Instance != "", "no problem: %s", missing.Body)
	fmt.Println("the Go client works")
}
