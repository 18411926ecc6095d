"""What the app's system user may do in a salon: `GET /user/permissions`. Only the slugs that matter to a bot."""

_SLUGS = {
    "timetable": (
        "timetable_access",
        "timetable_phones_access",
        "timetable_transferring_record_access",
        "schedule_edit_access",
    ),
    "record_form": (
        "record_form_access",
        "record_form_client_access",
        "create_records_access",
        "edit_records_access",
        "edit_records_attendance_access",
        "delete_records_access",
        "delete_customer_came_records_access",
        "delete_paid_records_access",
        "records_services_cost_access",
    ),
    "clients": (
        "clients_access",
        "client_phones_access",
        "clients_card_phone_access",
        "client_comments_add_access",
    ),
    "settings": (
        "settings_services_access",
        "settings_master_access",
        "webhook_read_access",
        "settings_notifications_access",
    ),
}
ALL_RIGHTS: dict[str, dict[str, bool]] = {group: dict.fromkeys(slugs, True) for group, slugs in _SLUGS.items()}
