"""Values that parameters can have. Answers are not held to them: they may bring new ones (P1)."""

from typing import Literal

Direction = Literal["ASC", "DESC"]
"""Direction of a sort."""

OfferStatus = Literal["new", "estimate_pending", "approval_pending", "validated", "abandoned", "signed"]
"""Status of a commercial offer."""

ContractStatus = Literal["new", "staging", "active", "ending", "terminated"]
"""Status of a service contract."""

TicketState = Literal["ticket_setup", "att_prise_en_compte", "dispatch", "investigation", "resolu", "end"]
"""State (`etat`) of a ticket."""

TicketOperator = Literal[42]
"""The one operator that the list of tickets can be asked for (P17)."""

AttachedTo = Literal["invoice", "commercial_offer", "service_contract"]
"""Kind of object with attachments."""

ContentType = Literal["text", "markdown"]
"""Form of a comment."""

ProductGroup = Literal[
    "bandwidth",
    "grt",
    "nrc",
    "commitment",
    "pop",
    "upgade_lag",
    "securisation",
    "express",
    "distance",
    "fiber_count",
    "extremities",
    "extremity_site_a",
    "extremity_site_b",
    "racco_event",
    "subnet",
    "maintenance",
    "desserte",
    "volume",
    "national",
    "location",
    "iru",
]
"""Group of price list items: those of the document, and the one that only the generated client has (P1)."""

WorkflowContext = Literal[
    "Infracorp\\Services\\Workflow\\ClientLegalEntity\\CreateCommercialOffer\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\Submit\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\Sign\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\Rename\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\AddSection\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\RemoveSection\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\RenameSection\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\UpdateOfferItemInOffer\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\SetOffer\\Context",
    "Infracorp\\Services\\Workflow\\Comment\\AddComment\\Context",
    "Infracorp\\Services\\Workflow\\Comment\\SubscribeThread\\Context",
    "Infracorp\\Services\\Workflow\\Comment\\UpdateComment\\Context",
    "Infracorp\\Services\\Workflow\\Comment\\UpdateThread\\Context",
    "Infracorp\\Services\\Workflow\\ClientLegalEntity\\CreateCommentThread\\Context",
    "Infracorp\\Services\\Workflow\\ServiceContract\\CreateCommentThread\\Context",
    "Infracorp\\Services\\Workflow\\Invoice\\CreateCommentThread\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\CreateCommentThread\\Context",
    "Infracorp\\Services\\Workflow\\Users\\CreateToken\\Context",
    "Infracorp\\Services\\Workflow\\Users\\RevokeToken\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\UpdateSubscribers\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\AddItem\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\RemoveItem\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\UpdateSectionItems\\Context",
    "Infracorp\\Services\\Workflow\\ClientLegalEntity\\AssignContact\\Context",
    "Infracorp\\Services\\Workflow\\ClientLegalEntity\\AddContact\\Context",
    "Infracorp\\Services\\Workflow\\ClientLegalEntityContact\\SwitchActive\\Context",
    "Infracorp\\Services\\Workflow\\Contact\\Update\\Context",
    "Infracorp\\Services\\Workflow\\ServiceContract\\UpdateDescription\\Context",
    "Infracorp\\Services\\Workflow\\ServiceContract\\UpdateClientRef\\Context",
    "Infracorp\\Services\\Workflow\\ServiceContract\\Activation\\SetupL2\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\UpdateClientRefSection\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\AssignContact\\Context",
    "Infracorp\\Services\\Workflow\\ServiceContract\\AssignContact\\Context",
    "Infracorp\\Services\\Workflow\\ServiceContract\\Contact\\SwitchActive\\Context",
    "Infracorp\\Services\\Workflow\\CommercialOffer\\Contact\\SwitchActive\\Context",
    "Infracorp\\Services\\Workflow\\Users\\SwitchActiveRole\\Context",
    "Infracorp\\Services\\Workflow\\ClientLegalEntity\\AddUserRole\\Context",
    "Infracorp\\Services\\Workflow\\Appointment\\ChangeContact\\Context",
    "Infracorp\\Services\\Workflow\\Appointment\\CustomerCancel\\Context",
    "Infracorp\\Services\\Workflow\\Appointment\\CustomerChangeDate\\Context",
    "Infracorp\\Services\\Workflow\\Appointment\\CustomerConfirm\\Context",
    "Infracorp\\Services\\Workflow\\ServiceContract\\MigrateCoaxToL2Premium\\Context",
]
"""Kind of workflow."""
