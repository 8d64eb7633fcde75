// Does with exports what terraform's azurerm provider does, with the libraries that the provider is made of.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/hashicorp/go-azure-helpers/resourcemanager/commonids"
	old "github.com/hashicorp/go-azure-sdk/resource-manager/costmanagement/2023-08-01/exports"
	recent "github.com/hashicorp/go-azure-sdk/resource-manager/costmanagement/2025-03-01/exports"
	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/claims"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
)

const storage = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/costs"

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := probe(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func probe(ctx context.Context) error {
	environment, err := environments.FromEndpoint(ctx, os.Getenv("AZURE_RESOURCE_MANAGER_ENDPOINT"))
	if err != nil {
		return err
	}
	authorizer, err := auth.NewClientSecretAuthorizer(ctx, auth.ClientSecretAuthorizerOptions{
		Environment:  *environment,
		Api:          environment.ResourceManager,
		TenantId:     os.Getenv("AZURE_TENANT_ID"),
		ClientId:     os.Getenv("AZURE_CLIENT_ID"),
		ClientSecret: os.Getenv("AZURE_CLIENT_SECRET"),
	})
	if err != nil {
		return err
	}
	if err := objectId(ctx, authorizer); err != nil {
		return err
	}
	for _, scope := range []string{
		"/subscriptions/00000000-0000-0000-0000-000000000001",
		"/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Costs",
	} {
		if err := lifeOnOldVersion(ctx, environment, authorizer, scope); err != nil {
			return fmt.Errorf("2023-08-01 at %s: %w", scope, err)
		}
		if err := lifeOnRecentVersion(ctx, environment, authorizer, scope); err != nil {
			return fmt.Errorf("2025-03-01 at %s: %w", scope, err)
		}
	}
	return nil
}

// The provider takes its own object id out of the token, and would ask Microsoft Graph otherwise.
func objectId(ctx context.Context, authorizer auth.Authorizer) error {
	token, err := authorizer.Token(ctx, &http.Request{})
	if err != nil {
		return err
	}
	parsed, err := claims.ParseClaims(token)
	if err == nil && (parsed.ObjectId == "" || parsed.TenantId == "" || parsed.AppId == "") {
		err = errors.New("the token lacks oid, tid or appid")
	}
	return err
}

func lifeOnOldVersion(ctx context.Context, environment *environments.Environment, authorizer auth.Authorizer, scope string) error {
	client, err := old.NewExportsClientWithBaseURI(environment.ResourceManager)
	if err != nil {
		return err
	}
	client.Client.SetAuthorizer(authorizer)
	id := old.NewScopedExportID(scope, "terraform")

	missing, err := client.Get(ctx, id, old.DefaultGetOperationOptions())
	if err == nil || missing.HttpResponse == nil || missing.HttpResponse.StatusCode != http.StatusNotFound {
		return fmt.Errorf("an export that is not there: %w", err)
	}
	active, daily, csv, granularity := old.StatusTypeActive, old.RecurrenceTypeDaily, old.FormatTypeCsv, old.GranularityTypeDaily
	resource, folder := storage, "terraform"
	from := time.Now().UTC().Add(24 * time.Hour).Format(time.RFC3339)
	to := time.Now().UTC().Add(48 * time.Hour).Format(time.RFC3339)
	created, err := client.CreateOrUpdate(ctx, id, old.Export{Properties: &old.ExportProperties{
		Format: &csv,
		Schedule: &old.ExportSchedule{Status: &active, Recurrence: &daily,
			RecurrencePeriod: &old.ExportRecurrencePeriod{From: from, To: &to}},
		DeliveryInfo: old.ExportDeliveryInfo{Destination: old.ExportDeliveryDestination{
			ResourceId: &resource, Container: "exports", RootFolderPath: &folder}},
		Definition: old.ExportDefinition{Type: old.ExportTypeActualCost, Timeframe: old.TimeframeTypeMonthToDate,
			DataSet: &old.ExportDataset{Granularity: &granularity}},
	}})
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	if created.HttpResponse.StatusCode != http.StatusCreated {
		return fmt.Errorf("create: %s", created.HttpResponse.Status)
	}
	read, err := client.Get(ctx, id, old.DefaultGetOperationOptions())
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if period := read.Model.Properties.Schedule.RecurrencePeriod; period.From != from || *period.To != to {
		return fmt.Errorf("terraform would plan a change of %s to %s", period.From, from)
	}
	if _, err := read.Model.Properties.GetNextRunTimeEstimateAsTime(); err != nil {
		return fmt.Errorf("next run: %w", err)
	}
	read.Model.Properties.Definition.Type = old.ExportTypeAmortizedCost
	if _, err := client.CreateOrUpdate(ctx, id, *read.Model); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	if _, err := client.CreateOrUpdate(ctx, id, *read.Model); err == nil {
		return errors.New("an update with a stale eTag succeeded")
	}
	if _, err := client.Execute(ctx, id); err != nil {
		return fmt.Errorf("run: %w", err)
	}
	history, err := client.GetExecutionHistory(ctx, id)
	if err != nil || len(*history.Model.Value) != 1 {
		return fmt.Errorf("run history: %w", err)
	}
	if _, err := (*history.Model.Value)[0].Properties.GetSubmittedTimeAsTime(); err != nil {
		return fmt.Errorf("submitted: %w", err)
	}
	if _, err := client.Delete(ctx, id); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}

func lifeOnRecentVersion(ctx context.Context, environment *environments.Environment, authorizer auth.Authorizer, scope string) error {
	client, err := recent.NewExportsClientWithBaseURI(environment.ResourceManager)
	if err != nil {
		return err
	}
	client.Client.SetAuthorizer(authorizer)
	id := recent.NewScopedExportID(scope, "focus")
	parquet, snappy, blob, resource := recent.FormatTypeParquet, recent.CompressionModeTypeSnappy, recent.DestinationTypeAzureBlob, storage
	if _, err := client.CreateOrUpdate(ctx, id, recent.Export{Properties: &recent.ExportProperties{
		Format:          &parquet,
		CompressionMode: &snappy,
		DeliveryInfo: recent.ExportDeliveryInfo{Destination: recent.ExportDeliveryDestination{
			Type: &blob, ResourceId: &resource, Container: "exports"}},
		Definition: recent.ExportDefinition{Type: recent.ExportTypeFocusCost, Timeframe: recent.TimeframeTypeMonthToDate},
	}}); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	read, err := client.Get(ctx, id, recent.DefaultGetOperationOptions())
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	description := "changed"
	read.Model.Properties.ExportDescription = &description
	if _, err := client.CreateOrUpdate(ctx, id, *read.Model); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	list, err := client.List(ctx, commonids.NewScopeID(scope), recent.DefaultListOperationOptions())
	if err != nil || len(*list.Model.Value) != 1 {
		return fmt.Errorf("list: %w", err)
	}
	if _, err := client.Delete(ctx, id); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}
