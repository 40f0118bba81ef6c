import type { FhirResource } from "fhir/r4"

const identified = words(`
  Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse
  Basic BiologicallyDerivedProduct BodyStructure Bundle CarePlan CareTeam CatalogEntry
  ChargeItem ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem
  Communication CommunicationRequest Composition ConceptMap Condition Consent Contract Coverage
  CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device DeviceDefinition
  DeviceMetric DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest
  DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
  EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario
  ExplanationOfBenefit FamilyMemberHistory Flag Goal Group GuidanceResponse HealthcareService
  ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation InsurancePlan
  Invoice Library List Location Measure MeasureReport Media Medication MedicationAdministration
  MedicationDispense MedicationRequest MedicationStatement MedicinalProduct
  MedicinalProductAuthorization MedicinalProductIngredient MedicinalProductPackaged
  MedicinalProductPharmaceutical MessageDefinition MolecularSequence NutritionOrder Observation
  ObservationDefinition Organization OrganizationAffiliation Patient PaymentNotice
  PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole Procedure
  Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition
  ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis
  Schedule ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap
  Substance SubstanceSpecification SupplyDelivery SupplyRequest Task TestReport TestScript
  ValueSet VisionPrescription
`)

/** These have no element `identifier` in R4, so there is nothing to search by it. */
const unidentified = words(`
  AuditEvent Binary CapabilityStatement CompartmentDefinition GraphDefinition
  ImplementationGuide Linkage MedicationKnowledge MedicinalProductContraindication
  MedicinalProductIndication MedicinalProductInteraction MedicinalProductManufactured
  MedicinalProductUndesirableEffect MessageHeader NamingSystem OperationDefinition
  OperationOutcome Parameters Provenance SearchParameter Subscription SubstanceNucleicAcid
  SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial
  TerminologyCapabilities VerificationResult
`)

/** Is this the name of an R4 resource type? */
export function isType(name: string): boolean {
  return identified.has(name) || unidentified.has(name)
}

/** Can resources of this type be searched by `identifier`? */
export function hasIdentifier(type: string): boolean {
  return identified.has(type)
}

/** Every R4 resource type, by name. */
export function allTypes(): FhirResource["resourceType"][] {
  return [...identified, ...unidentified].sort() as FhirResource["resourceType"][]
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
